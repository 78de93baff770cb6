package dev.sluice.money;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MaskingTest {
  @ParameterizedTest
  @CsvSource({
    "6222081234561234, 622208******1234",
    "622208123456, 622208******3456",
    "DE89370400440532013000, DE8937******3000",
    "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o, oUpF8u******eS6o",
    "13800138000, 138****8000",
    "12345678, 123****5678",
    "1234567, *******",
    "1, *",
    "zhang.wei@example.com, z***@example.com",
    "@, *"
  })
  void showsOnlyWhatAPersonNeedsToRecogniseIt(String number, String masked) {
    assertThat(Masking.mask(number)).isEqualTo(masked);
  }
}
