package dev.sluice.embedded;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The simulated bank of the embedded default.
 *
 * @param port TCP port on the loopback address
 * @param settleDelay from taking an instruction to paying it and calling back
 */
@ConfigurationProperties("sluice.simulator")
record SimulatedBankSettings(
    @DefaultValue("8090") int port, @DefaultValue("50ms") Duration settleDelay) {}
