package dev.sluice.channel.unionpay;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UnionPayMessageTest {

  @Test
  void signsTheSortedFieldsWithoutTheSignatureAndWithoutEmptyOnes() {
    UnionPayMessage message =
        UnionPayMessage.of(
            Map.of("txnType", "12", "accNo", "6222", "signature", "x", "empty", "", "Zone", "a b"));

    assertThat(message.signed()).isEqualTo("Zone=a b&accNo=6222&txnType=12");
    assertThat(new String(message.form(), StandardCharsets.US_ASCII))
        .isEqualTo("Zone=a+b&accNo=6222&signature=x&txnType=12");
  }

  @Test
  void aFormReadsAsItWasWritten() {
    UnionPayMessage message = UnionPayMessage.of(Map.of("a", "成功 &=%+", "b", "{x=1&y=2}"));

    assertThat(UnionPayMessage.readForm(UnionPayMessage.of(Map.of("a", "成功 =%+")).form()))
        .matches(read -> read.says("a", "成功 =%+"));
    assertThat(UnionPayMessage.readForm(message.form())).as("a field could hide in a").isNull();
  }

  @Test
  void aReplyKeepsEqualsSignsAndWhatIsInBraces() {
    UnionPayMessage reply =
        Objects.requireNonNull(
            UnionPayMessage.readReply(bytes("b={x=1&y=2}&c=[p&q]&signature=AA==&empty=&d=1")));

    assertThat(reply.get("b")).isEqualTo("{x=1&y=2}");
    assertThat(reply.get("c")).isEqualTo("[p&q]");
    assertThat(reply.get("signature")).isEqualTo("AA==");
    assertThat(reply.get("empty")).isNull();
    assertThat(reply.signed()).isEqualTo("b={x=1&y=2}&c=[p&q]&d=1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a",
        "=1",
        "a=1&a=2",
        "a=1&",
        "&a=1",
        "a b=1",
        "a=%zz",
        "a=%2",
        "a=%FF%FE",
        "a=1%26respCode%3D00",
        "a=%2f&b=%2F",
        "a=成功",
        "a=1\n"
      })
  void refusesAFormThatCouldBeReadInTwoWays(String form) {
    assertThat(UnionPayMessage.readForm(bytes(form))).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "=1", "a=1&a=2", "a=1&", "&a=1", "a b=1", "<html>=1"})
  void refusesAReplyThatIsNone(String reply) {
    assertThat(UnionPayMessage.readReply(bytes(reply))).isNull();
  }

  @Test
  void refusesBytesThatAreNoText() {
    assertThat(UnionPayMessage.readReply(new byte[] {'a', '=', (byte) 0xff})).isNull();
    assertThat(UnionPayMessage.readForm(new byte[] {'a', '=', (byte) 0xff})).isNull();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
