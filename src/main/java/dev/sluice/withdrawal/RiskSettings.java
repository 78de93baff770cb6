package dev.sluice.withdrawal;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of the risk checks.
 *
 * @param reviewAbove an amount above this goes to a person first: one number for every currency, or
 *     one per currency ("CNY:50000, JPY:1000000"); empty switches the check off
 */
@ConfigurationProperties("sluice.risk")
public record RiskSettings(@DefaultValue("50000") @Nullable String reviewAbove) {}
