package dev.sluice.reconcile.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each sample cut off at every byte, and damaged at random: refused by name, or still the same. */
class DamagedFilesTest {
  private static final int DAMAGES = 1_500;

  /**
   * A file of a format.
   *
   * @param member which member is damaged, or -1: the file as it is
   */
  record Sample(String name, StatementFormat format, byte[] file, int member) {
    byte[] text() {
      return member < 0 ? file : List.copyOf(Shapes.unzip(file).values()).get(member);
    }

    byte[] with(byte[] text) {
      if (member < 0) {
        return text;
      }
      Map<String, byte[]> members = Shapes.unzip(file);
      members.put(List.copyOf(members.keySet()).get(member), text);
      return Shapes.zip(members);
    }

    @Override
    public String toString() {
      return name + (member < 0 ? "" : ", member " + member);
    }
  }

  static Stream<Sample> samples() {
    StatementFormat alipay = new AlipayBillFormat(Shapes.LIMITS, Shapes.SHANGHAI, Map.of());
    StatementFormat wechat = new WechatBillFormat(Shapes.LIMITS, Shapes.SHANGHAI, Map.of());
    StatementFormat unionPay = new UnionPayFormat(Shapes.LIMITS, Shapes.SHANGHAI, Map.of());
    StatementFormat camt = new Camt053Format(Shapes.LIMITS, Shapes.BERLIN, Map.of());
    StatementFormat mt940 = new Mt940Format(Shapes.LIMITS, Shapes.BERLIN, Map.of());
    return Stream.of(
        sample("alipay-20260301.zip", alipay, -1),
        sample("alipay-20260301.zip", alipay, 0),
        sample("alipay-20260301.zip", alipay, 1),
        sample("wechat-20260301.csv", wechat, -1),
        sample("wechat-20260301.csv.gz", wechat, -1),
        sample("unionpay-20260301.zip", unionPay, -1),
        sample("camt053-20260302.xml", camt, -1),
        sample("mt940-20260302.sta", mt940, -1));
  }

  private static Sample sample(String name, StatementFormat format, int member) {
    return new Sample(name, format, Shapes.resource(name), member);
  }

  /** What is read of it; empty if it is refused. Anything else that is thrown is a bug. */
  private static Optional<List<StatementLine>> read(Sample sample, byte[] text) throws IOException {
    try {
      return Optional.of(Shapes.read(sample.format(), sample.with(text)).lines());
    } catch (StatementRefused e) {
      assertThat(e.detail()).isNotBlank();
      return Optional.empty();
    }
  }

  @ParameterizedTest
  @MethodSource("samples")
  void isRefusedWhereverItIsCutOffUnlessNothingIsMissing(Sample sample) throws IOException {
    byte[] text = sample.text();
    List<StatementLine> whole = read(sample, text).orElseThrow();
    List<Integer> believed = new ArrayList<>();
    for (int length = 0; length < text.length; length++) {
      Optional<List<StatementLine>> read = read(sample, Shapes.first(text, length));
      if (read.isPresent() && !read.get().equals(whole)) {
        believed.add(length);
      }
    }
    assertThat(believed).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("samples")
  void isRefusedOrAddsUpToTheSameWhateverIsDamaged(Sample sample) throws IOException {
    byte[] text = sample.text();
    long sum = sum(read(sample, text).orElseThrow());
    Random random = new Random(6);
    for (int i = 0; i < DAMAGES; i++) {
      byte[] damaged = damaged(text, random);
      Optional<List<StatementLine>> read = read(sample, damaged);
      if (read.isPresent() && sum(read.get()) != sum) {
        assertThat(read.get()).as("damage %d of %s", i, sample).isEmpty();
      }
    }
  }

  private static byte[] damaged(byte[] text, Random random) {
    byte[] copy = text.clone();
    int at = random.nextInt(copy.length);
    int other = random.nextInt(copy.length);
    switch (random.nextInt(4)) {
      case 0 -> copy[at] = (byte) random.nextInt(256);
      case 1 -> {
        copy[at] = text[other];
        copy[other] = text[at];
      }
      case 2 ->
          System.arraycopy(text, other, copy, at, Math.min(16, copy.length - Math.max(at, other)));
      default -> {
        System.arraycopy(text, at + 1, copy, at, text.length - at - 1);
        copy = Arrays.copyOf(copy, copy.length - 1);
      }
    }
    return copy;
  }

  private static long sum(List<StatementLine> lines) {
    return lines.stream().mapToLong(StatementLine::minor).sum();
  }
}
