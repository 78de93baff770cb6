package dev.sluice.simulation;

import dev.sluice.notify.Sender;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/** The merchant's receiver of notifications: what it got, whatever it answered. */
final class Receiver {
  static final String ALL = "https://merchant.example/all";
  static final String SUCCEEDED = "https://merchant.example/succeeded";

  private final Scene scene;
  private final Map<String, Map<UUID, String>> got = new LinkedHashMap<>();

  Receiver(Scene scene) {
    this.scene = scene;
    got.put(ALL, new LinkedHashMap<>());
    got.put(SUCCEEDED, new LinkedHashMap<>());
  }

  Map<UUID, String> got(String url) {
    return got.getOrDefault(url, Map.of());
  }

  Sender.Answer take(String url, UUID eventId, String body) {
    int mood = scene.isCalm() ? 100 : scene.dice.below(100);
    if (mood < 10) {
      scene.met(Fault.RECEIVER_DOWN);
      return new Sender.Answer.NotAnswered("no connection");
    }
    String before = got.computeIfAbsent(url, u -> new LinkedHashMap<>()).put(eventId, body);
    if (before != null && !before.equals(body)) {
      scene.violated("notification %s came again with another body", eventId);
    }
    if (mood < 20) {
      scene.met(Fault.RECEIVER_ANSWER_LOST);
      return new Sender.Answer.NotAnswered("no answer");
    }
    if (mood < 30) {
      scene.met(Fault.RECEIVER_FAILED);
      return new Sender.Answer.Answered(500, Duration.ofSeconds(3));
    }
    return new Sender.Answer.Answered(200, null);
  }
}
