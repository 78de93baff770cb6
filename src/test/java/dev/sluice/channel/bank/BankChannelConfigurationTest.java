package dev.sluice.channel.bank;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class BankChannelConfigurationTest {
  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withUserConfiguration(BankChannelConfiguration.class)
          .withBean(Clock.class, Clock::systemUTC);

  @Test
  void makesNoChannelWithoutItsAddress() {
    runner.run(context -> assertThat(context).doesNotHaveBean(BankChannel.class));
  }

  @Test
  void makesAChannelWithSensibleDefaults() {
    runner
        .withPropertyValues(
            "sluice.channels.bank.url=http://127.0.0.1:1",
            "sluice.channels.bank.merchant-id=M-1001",
            "sluice.channels.bank.request-secret=0123456789abcdef",
            "sluice.channels.bank.reply-secret=0123456789abcdef")
        .run(
            context -> {
              BankChannel channel = context.getBean(BankChannel.class);
              assertThat(channel.name()).isEqualTo("bank");
              assertThat(channel.limits().concurrentCalls()).isEqualTo(64);
              assertThat(channel.limits().callTimeout()).isEqualTo(Duration.ofSeconds(5));
              assertThat(channel.limits().acceptanceWindow()).isEqualTo(Duration.ofSeconds(60));
              assertThat(channel.limits().queryWindow()).isEqualTo(Duration.ofDays(7));
              assertThat(channel.limits().currencies()).contains("CNY", "JPY", "KWD", "CLF");
              assertThat(channel.limits().dedupes()).isTrue();
            });
  }

  @Test
  void saysWhichSettingIsMissing() {
    runner
        .withPropertyValues("sluice.channels.bank.url=http://127.0.0.1:1")
        .run(
            context ->
                assertThat(context.getStartupFailure())
                    .rootCause()
                    .hasMessageContaining("sluice.channels.bank.merchant-id"));
  }
}
