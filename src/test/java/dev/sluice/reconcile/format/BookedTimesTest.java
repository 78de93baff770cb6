package dev.sluice.reconcile.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BookedTimesTest {

  @Test
  void readsWhatAFormatterReads() throws StatementRefused {
    Random random = new Random(5);
    for (String zone : new String[] {"Asia/Shanghai", "Europe/Berlin", "America/Sao_Paulo"}) {
      for (String pattern :
          new String[] {
            "yyyy-MM-dd HH:mm:ss", "yyyyMMddHHmmss", "dd/MM/yyyy HH.mm.ss", "yyyy年MM月dd日 HH:mm:ss"
          }) {
        BookedTimes times = BookedTimes.of(pattern, ZoneId.of(zone));
        for (int i = 0; i < 2_000; i++) {
          LocalDateTime time =
              LocalDateTime.of(2025, 1, 1, 0, 0).plusSeconds(random.nextInt(2 * 365 * 86_400));
          assertThat(times.at(DateTimeFormatter.ofPattern(pattern).format(time), 1))
              .isEqualTo(time.atZone(ZoneId.of(zone)).toInstant());
        }
      }
    }
  }

  @Test
  void refusesWhatIsNoTime() {
    BookedTimes times = BookedTimes.of("yyyy-MM-dd HH:mm:ss", ZoneId.of("Asia/Shanghai"));
    for (String text :
        new String[] {
          "2026-02-30 10:00:00", "2026-03-01 24:00:00", "2026-03-01 10:60:00", "2026-3-1 10:00:00",
          "2026-03-01T10:00:00", "2026-03-01 10:00:0x", "", "２026-03-01 10:00:00"
        }) {
      assertThatThrownBy(() -> times.at(text, 1)).isInstanceOf(StatementRefused.class);
    }
  }

  @Test
  void takesADateForItsNoon() throws StatementRefused {
    assertThat(BookedTimes.of("dd.MM.yyyy", ZoneId.of("Europe/Berlin")).at("02.03.2026", 1))
        .isEqualTo(Instant.parse("2026-03-02T11:00:00Z"));
  }
}
