package dev.sluice.channel.bankfile;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class BankFileConfigurationTest {
  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withUserConfiguration(BankFileConfiguration.class)
          .withBean(Clock.class, Clock::systemUTC);

  @Test
  void makesNoChannelWithoutItsHost() {
    runner.run(context -> assertThat(context).doesNotHaveBean(BankFileChannel.class));
  }

  @Test
  void readsKeysAndHasSensibleDefaults(@TempDir Path folder) throws Exception {
    Path key = folder.resolve("id");
    try (OutputStream out = Files.newOutputStream(key)) {
      OpenSSHKeyPairResourceWriter.INSTANCE.writePrivateKey(
          BankFileTestSettings.USER_KEY, "a test", null, out);
    }

    configured()
        .withPropertyValues("sluice.channels.bankfile.key-file=" + key)
        .run(
            context -> {
              assertThat(context).hasNotFailed();
              BankFileChannel channel = context.getBean(BankFileChannel.class);
              assertThat(channel.name()).isEqualTo("bankfile");
              assertThat(channel.limits().currencies()).containsExactly("EUR");
              assertThat(channel.limits().beneficiaryKinds()).containsExactly("IBAN");
              assertThat(channel.limits().concurrentCalls()).isEqualTo(4);
              assertThat(channel.limits().callTimeout()).isEqualTo(Duration.ofSeconds(20));
              assertThat(channel.limits().acceptanceWindow()).isEqualTo(Duration.ofDays(2));
              assertThat(channel.limits().dedupes()).isTrue();
            });
  }

  @Test
  void withoutAPlaceForNotesItDoesntDedup() {
    configured()
        .withPropertyValues(
            "sluice.channels.bankfile.password=open sesame",
            "sluice.channels.bankfile.sent-directory=")
        .run(
            context -> {
              assertThat(context.getBean(BankFileChannel.class).limits().dedupes()).isFalse();
              assertThat(context.getBean(BankFileProperties.class).toString())
                  .doesNotContain("sesame");
            });
  }

  @Test
  void saysWhatIsMissingOrWrong() {
    assertFails(
        runner.withPropertyValues("sluice.channels.bankfile.host=127.0.0.1"),
        "sluice.channels.bankfile.user is needed");
    assertFails(configured(), "a password or a key");
    assertFails(
        configured()
            .withPropertyValues(
                "sluice.channels.bankfile.password=x",
                "sluice.channels.bankfile.host-key=ssh-rsa what"),
        "host-key");
    assertFails(
        configured()
            .withPropertyValues(
                "sluice.channels.bankfile.password=x",
                "sluice.channels.bankfile.done-directory=../etc"),
        "not a directory's name");
  }

  private ApplicationContextRunner configured() {
    return runner.withPropertyValues(
        "sluice.channels.bankfile.host=127.0.0.1",
        "sluice.channels.bankfile.user=sluice",
        "sluice.channels.bankfile.host-key="
            + PublicKeyEntry.toString(BankFileTestSettings.HOST_KEY.getPublic()),
        "sluice.channels.bankfile.debtor-name=Sluice GmbH",
        "sluice.channels.bankfile.debtor-account=DE89 3704 0044 0532 0130 00",
        "sluice.channels.bankfile.debtor-bic=COBADEFFXXX");
  }

  private static void assertFails(ApplicationContextRunner wrong, String message) {
    wrong.run(
        context ->
            assertThat(context.getStartupFailure()).isNotNull().hasStackTraceContaining(message));
  }
}
