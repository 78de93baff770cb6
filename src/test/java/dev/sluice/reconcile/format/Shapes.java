package dev.sluice.reconcile.format;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.assertj.core.api.Assertions;

/** The statements in the test resources, and what can be done to them. */
final class Shapes {
  static final Charset GBK = Charset.forName("GBK");
  static final ZoneId SHANGHAI = ZoneId.of("Asia/Shanghai");
  static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
  static final String ONE = "019c9f3a6b2e7c1d8a4f5e6b7c8d9e0f";
  static final String TWO = "019c9f3a6b2f7d2e9b5061728394a5b6";
  static final String THREE = "019c9f3a6b307e3fac6172839405b6c7";

  /** Small enough that hostile files are refused soon. */
  static final Limits LIMITS = new Limits(1 << 22, 1_000, 8192, 100, 4);

  private Shapes() {}

  static byte[] resource(String name) {
    try (InputStream in = Shapes.class.getResourceAsStream("/statements/" + name)) {
      return java.util.Objects.requireNonNull(in, name).readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What was read. */
  record Read(StatementFormat.Coverage coverage, List<StatementLine> lines) {
    StatementLine line(int number) {
      return lines.get(number - 1);
    }
  }

  static Read read(StatementFormat format, byte[] file) throws IOException {
    List<StatementLine> lines = new ArrayList<>();
    StatementFormat.Coverage coverage = format.read(new ByteArrayInputStream(file), lines::add);
    return new Read(coverage, lines);
  }

  /** The reason for which it is refused; fails if it isn't. */
  static StatementRefused.Reason refusal(StatementFormat format, byte[] file) {
    try {
      Read read = read(format, file);
      return Assertions.fail("it was believed: " + read.lines());
    } catch (StatementRefused e) {
      Assertions.assertThat(e.detail()).isNotBlank();
      return e.reason();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Map<String, byte[]> unzip(byte[] archive) {
    Map<String, byte[]> members = new LinkedHashMap<>();
    try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(archive), GBK)) {
      for (ZipEntry e = zip.getNextEntry(); e != null; e = zip.getNextEntry()) {
        members.put(e.getName(), zip.readAllBytes());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return members;
  }

  static byte[] zip(Map<String, byte[]> members) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes, GBK)) {
      for (Map.Entry<String, byte[]> member : members.entrySet()) {
        zip.putNextEntry(new ZipEntry(member.getKey()));
        zip.write(member.getValue());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** The archive with the text of its n-th member changed. */
  static byte[] edited(byte[] archive, int member, UnaryOperator<String> edit) {
    Map<String, byte[]> members = unzip(archive);
    String name = List.copyOf(members.keySet()).get(member);
    members.compute(name, (n, was) -> edit.apply(new String(was, GBK)).getBytes(GBK));
    return zip(members);
  }

  static byte[] edited(byte[] text, UnaryOperator<String> edit) {
    return edit.apply(new String(text, StandardCharsets.UTF_8)).getBytes(StandardCharsets.UTF_8);
  }

  static byte[] first(byte[] bytes, int count) {
    return java.util.Arrays.copyOf(bytes, count);
  }

  /** A text with two of its lines, counted from 0, exchanged. */
  static String exchanged(String text, int a, int b) {
    String[] lines = text.split("\r\n", -1);
    String was = lines[a];
    lines[a] = lines[b];
    lines[b] = was;
    return String.join("\r\n", lines);
  }

  static String without(String text, int line) {
    List<String> lines = new ArrayList<>(List.of(text.split("\r\n", -1)));
    lines.remove(line);
    return String.join("\r\n", lines);
  }
}
