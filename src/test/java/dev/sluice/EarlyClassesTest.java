package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.preinitialize.BackgroundPreinitializer;
import org.springframework.core.io.support.SpringFactoriesLoader;

class EarlyClassesTest {

  @Test
  void isFoundBySpringBootAndFindsWhatItMakes() {
    List<BackgroundPreinitializer> found =
        SpringFactoriesLoader.forDefaultResourceLocation().load(BackgroundPreinitializer.class);
    assertThat(found).hasAtLeastOneElementOfType(EarlyClasses.class);
    assertThatNoException().isThrownBy(() -> new EarlyClasses().preinitialize());
  }
}
