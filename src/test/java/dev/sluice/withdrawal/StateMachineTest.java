package dev.sluice.withdrawal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The drawing, the code and the database agree on every move. */
class StateMachineTest {
  private static final Pattern ARROW =
      Pattern.compile("^ {4}([A-Z]+) --> ([A-Z]+):", Pattern.MULTILINE);
  private static final Pattern PAIR = Pattern.compile("\\('([A-Z]+)', '([A-Z]+)'\\)");
  private static final Pattern MOVE = Pattern.compile("([A-Z]+) ([A-Z]+)[,}]");

  @Test
  void theDrawingShowsExactlyTheMovesOfTheCode() throws IOException {
    String drawing = Files.readString(Path.of("docs/state-machine.md"), StandardCharsets.UTF_8);
    String withdrawals = drawing.substring(0, drawing.indexOf("## An attempt"));
    assertThat(pairs(ARROW.matcher(withdrawals))).isEqualTo(movesOfTheCode());
  }

  @Test
  void theDatabaseAllowsExactlyTheMovesOfTheCode() throws IOException {
    // Both places that list moves: the history's domain and the trigger on withdrawals.
    String history =
        between(migration("V29__rules_as_domains.sql"), "create domain legal_move", "::text[]");
    String trigger =
        between(
            migration("V27__first_step_is_the_order.sql"),
            "function check_withdrawal_moves",
            "limit 1;");
    assertThat(pairs(MOVE.matcher(history))).isEqualTo(movesOfTheCode());
    assertThat(pairs(PAIR.matcher(trigger))).isEqualTo(movesOfTheCode());
  }

  private static String migration(String name) throws IOException {
    return Files.readString(
        Path.of("src/main/resources/db/migration", name), StandardCharsets.UTF_8);
  }

  private static Set<String> movesOfTheCode() {
    Set<String> moves = new TreeSet<>();
    for (WithdrawalState from : WithdrawalState.values()) {
      from.next().forEach(to -> moves.add(from + " " + to));
    }
    return moves;
  }

  private static Set<String> pairs(Matcher matcher) {
    Set<String> pairs = new TreeSet<>();
    while (matcher.find()) {
      pairs.add(matcher.group(1) + " " + matcher.group(2));
    }
    return pairs;
  }

  private static String between(String text, String from, String to) {
    int start = text.indexOf(from);
    return text.substring(start, text.indexOf(to, start));
  }
}
