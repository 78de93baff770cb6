package dev.sluice.beneficiary;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.beneficiary.Beneficiaries.Shown;
import dev.sluice.support.Engine;
import dev.sluice.support.SettableClock;
import dev.sluice.support.TestDatabase;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What orders show of beneficiaries. */
class ShownTest {
  private static final UUID NOBODY = new UUID(0x7000, 1);

  @Test
  void whatWasReadOnceIsKnownAndTheRestIsRead() {
    try (TestDatabase database = TestDatabase.create();
        Engine engine = new Engine(database.dataSource(), new SettableClock())) {
      Beneficiaries beneficiaries = engine.beneficiaries;
      Beneficiary card = register(beneficiaries, AccountNumber.card("6222081234567890123"));
      Beneficiary iban =
          register(beneficiaries, AccountNumber.cardOrIban("DE89370400440532013000"));
      Shown ofCard = new Shown(AccountNumber.Kind.CARD, card.masked());
      Shown ofIban = new Shown(AccountNumber.Kind.IBAN, iban.masked());

      assertThat(beneficiaries.shown(List.of(card.id(), card.id())))
          .isEqualTo(Map.of(card.id(), ofCard));
      assertThat(beneficiaries.shown(List.of(card.id(), iban.id(), NOBODY)))
          .isEqualTo(Map.of(card.id(), ofCard, iban.id(), ofIban));

      database.dataSource().close();
      assertThat(beneficiaries.shown(List.of(iban.id(), card.id())))
          .isEqualTo(Map.of(card.id(), ofCard, iban.id(), ofIban));
    }
  }

  private static Beneficiary register(Beneficiaries beneficiaries, AccountNumber number) {
    return beneficiaries.register("U1", number, null, null).beneficiary();
  }
}
