package dev.sluice.simulation;

import dev.sluice.channel.ChannelLimits;
import dev.sluice.channel.RoutingSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The place where histories happen: its users, cards, banks and settings. */
final class Setting {
  static final List<String> USERS = List.of("u1", "u2", "u3");
  static final long FEE_MINOR = 100;
  static final String FEE = "CNY:1.00";
  static final String REVIEW_ABOVE = "400";
  static final long REVIEW_ABOVE_MINOR = 40_000;
  static final long OPENING_MINOR = 150_000;
  static final String STRANGE_MASK = "999999******9999";

  private Setting() {}

  /** A user's numbers: two cards that look alike when masked, one that doesn't, and an IBAN. */
  static List<String> accounts(String user) {
    int n = USERS.indexOf(user) + 1;
    return List.of(
        "62220800000%d1234".formatted(n),
        "62220811111%d1234".formatted(n),
        "62178500000%d5678".formatted(n),
        List.of("DE89370400440532013000", "GB82WEST12345698765432", "FR1420041010050500013M02606")
            .get(n - 1));
  }

  /** Three banks in an order of preference that the dice choose. */
  static List<Bank> banks(Scene scene, World world) {
    List<Bank> left = new ArrayList<>();
    left.add(bank("bank-a", Set.of("CARD"), 30_000, 64, true, scene, world));
    left.add(bank("bank-b", Set.of("CARD", "IBAN"), 10_000_000, 64, true, scene, world));
    // This one pays whatever it gets, and takes two calls at a time.
    left.add(bank("bank-c", Set.of("CARD", "IBAN"), 10_000_000, 2, false, scene, world));
    List<Bank> ordered = new ArrayList<>();
    while (!left.isEmpty()) {
      ordered.add(left.remove(scene.dice.below(left.size())));
    }
    return ordered;
  }

  private static Bank bank(
      String name,
      Set<String> kinds,
      long maxMinor,
      int calls,
      boolean dedupes,
      Scene scene,
      World world) {
    ChannelLimits limits =
        new ChannelLimits(
            Set.of("CNY"),
            kinds,
            1,
            maxMinor,
            calls,
            Duration.ofSeconds(5),
            Bank.ACCEPTANCE_WINDOW,
            Duration.ofHours(24),
            dedupes);
    return new Bank(name, limits, scene, world);
  }

  /** So few calls make an error rate that breakers open within a history. */
  static RoutingSettings routing() {
    RoutingSettings d = RoutingSettings.defaults();
    return new RoutingSettings(
        d.window(), 5, 20, 60, d.backupShare(), d.probePause(), 2, d.fundsEvery(), Map.of());
  }
}
