package dev.sluice.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Processor time of processes, by proc(5), which counts in hundredths of a second. */
final class Processor {
  private static final int USER = 11;
  private static final int SYSTEM = 12;
  private static final int CHILDREN_USER = 13;
  private static final int CHILDREN_SYSTEM = 14;

  private Processor() {}

  /** What a process has used so far. */
  static double seconds(long pid) {
    return sum(pid, USER, SYSTEM);
  }

  /** What its children used that have ended. */
  static double ofEndedChildren(long pid) {
    return sum(pid, CHILDREN_USER, CHILDREN_SYSTEM);
  }

  private static double sum(long pid, int one, int other) {
    try {
      String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
      // The name, in brackets, may hold spaces; the fields begin behind it.
      List<String> fields = List.of(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1));
      return (Long.parseLong(fields.get(one)) + Long.parseLong(fields.get(other))) / 100.0;
    } catch (IOException e) {
      return 0; // it ended meanwhile
    }
  }
}
