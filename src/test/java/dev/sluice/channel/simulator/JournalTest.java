package dev.sluice.channel.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
  private Path file;

  @BeforeEach
  void place(@TempDir Path folder) {
    file = folder.resolve("a/b/journal.jsonl");
  }

  @Test
  void givesBackWhatItWasGivenInOrder() {
    List<JournalEntry> written = new ArrayList<>();
    try (Journal journal = Journal.open(file, entry -> {})) {
      for (JournalEntry entry : oneOfEach()) {
        journal.append(entry);
        written.add(entry);
      }
    }

    assertThat(reopened()).isEqualTo(written);
  }

  @Test
  void keepsEachOfManyThatComeAtOnce() throws Exception {
    try (Journal journal = Journal.open(file, entry -> {});
        var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> appends = new ArrayList<>();
      for (int i = 0; i < 2_000; i++) {
        JournalEntry entry = new JournalEntry.Told("n" + i, true, i);
        appends.add(executor.submit(() -> journal.append(entry)));
      }
      for (Future<?> append : appends) {
        append.get();
      }
    }

    assertThat(reopened()).hasSize(2_000).doesNotHaveDuplicates();
  }

  @Test
  void cutsOffALastLineThatWasTornAtAnyByte() throws IOException {
    try (Journal journal = Journal.open(file, entry -> {})) {
      oneOfEach().forEach(journal::append);
    }
    byte[] whole = Files.readAllBytes(file);
    int lastLine = whole.length - 1;
    while (whole[lastLine - 1] != '\n') {
      lastLine--;
    }
    List<JournalEntry> before = oneOfEach().subList(0, oneOfEach().size() - 1);

    for (int length = lastLine; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertThat(reopened()).isEqualTo(before);
      assertThat(file).hasSize(lastLine);
    }
  }

  @Test
  void goesOnAfterATornLine() throws IOException {
    JournalEntry first = new JournalEntry.Told("first", true, 1);
    JournalEntry second = new JournalEntry.Told("second", true, 2);
    try (Journal journal = Journal.open(file, entry -> {})) {
      journal.append(first);
    }
    Files.writeString(file, "{\"entry\":\"told\",\"id\":\"to", StandardOpenOption.APPEND);
    try (Journal journal = Journal.open(file, entry -> {})) {
      journal.append(second);
    }

    assertThat(reopened()).containsExactly(first, second);
  }

  @Test
  void cutsOffALastLineOfZeros() throws IOException {
    JournalEntry first = new JournalEntry.Told("first", true, 1);
    try (Journal journal = Journal.open(file, entry -> {})) {
      journal.append(first);
    }
    Files.write(file, new byte[4096], StandardOpenOption.APPEND);

    assertThat(reopened()).containsExactly(first);
  }

  @Test
  void refusesARecordThatIsDamagedInTheMiddle() throws IOException {
    try (Journal journal = Journal.open(file, entry -> {})) {
      oneOfEach().forEach(journal::append);
    }
    String damaged = Files.readString(file).replaceFirst("\"paid\"", "\"pa~d\"");
    Files.writeString(file, damaged);

    assertThatThrownBy(this::reopened)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("line 2");
    assertThat(file).hasContent(damaged);
  }

  @Test
  void belongsToOneBankAtATime() {
    try (Journal journal = Journal.open(file, entry -> {})) {
      assertThatThrownBy(this::reopened)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("another simulated bank");
      journal.append(new JournalEntry.Told("still open", true, 1));
    }
  }

  @Test
  void takesNothingAfterItWasClosed() {
    Journal journal = Journal.open(file, entry -> {});
    journal.close();

    assertThatThrownBy(() -> journal.append(new JournalEntry.Told("late", true, 1)))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void outlivesTheInterruptOfACaller() throws Exception {
    try (Journal journal = Journal.open(file, entry -> {})) {
      Thread interrupted =
          Thread.ofVirtual()
              .start(
                  () -> {
                    Thread.currentThread().interrupt();
                    journal.append(new JournalEntry.Told("interrupted", true, 1));
                  });
      interrupted.join();
      journal.append(new JournalEntry.Told("after", true, 2));
    }

    assertThat(reopened()).hasSize(2);
  }

  private List<JournalEntry> reopened() {
    List<JournalEntry> read = new ArrayList<>();
    Journal.open(file, read::add).close();
    return read;
  }

  private static List<JournalEntry> oneOfEach() {
    Report report = Report.bare("M", "r1", Report.Said.PAID, "OK", "with \"quotes\", \n and 中文");
    List<Notice> owed = List.of(new Notice("n1", "bank", 5, report));
    return List.of(
        new JournalEntry.Taken(
            "bank",
            "r1",
            "hash",
            50_000,
            "CNY",
            "622208******1234",
            Payment.Plan.PAY,
            null,
            "BANK_LIMIT",
            Set.of(Fault.NO_CALLBACK),
            "BK1",
            1),
        new JournalEntry.Paid("bank", "r1", 2, owed),
        new JournalEntry.Refused("bank", "r2", "BANK_LIMIT", 3, List.of()),
        new JournalEntry.Returned("bank", "r1", "RT1", 49_900, 4, owed),
        new JournalEntry.Owed(owed, 5),
        new JournalEntry.Told("n1", true, 6));
  }
}
