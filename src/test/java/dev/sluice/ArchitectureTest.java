package dev.sluice;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.properties.HasOwner;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.stereotype.Component;

/** The house: imports go down this list only, and packages on one line don't import each other. */
class ArchitectureTest {
  private static final List<List<String>> HOUSE =
      List.of(
          List.of("api", "console", "embedded"),
          List.of("reconcile"),
          List.of("payout"),
          List.of("withdrawal", "channel"),
          List.of("ledger", "notify", "review", "beneficiary", "retention"),
          List.of("queue"),
          List.of("money", "memory", "database", "vault", "http"));

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.sluice");

  @Test
  void importsGoDownTheHouseOnly() {
    List<String> wrong = new ArrayList<>();
    for (JavaClass from : CLASSES) {
      from.getDirectDependenciesFromSelf().stream()
          .map(d -> d.getTargetClass().getBaseComponentType())
          .filter(to -> to.getPackageName().startsWith("dev.sluice"))
          .filter(to -> !feature(to).equals(feature(from)))
          .filter(to -> floor(from) >= floor(to))
          .forEach(to -> wrong.add(from.getName() + " -> " + to.getName()));
    }
    assertThat(wrong).isEmpty();
  }

  @Test
  void providersAreStrangersToEachOther() {
    List<String> wrong = new ArrayList<>();
    for (JavaClass from : CLASSES) {
      from.getDirectDependenciesFromSelf().stream()
          .map(d -> d.getTargetClass().getBaseComponentType())
          .filter(to -> isProvider(from) && isProvider(to))
          .filter(to -> !to.getPackageName().equals(from.getPackageName()))
          .forEach(to -> wrong.add(from.getName() + " -> " + to.getName()));
    }
    assertThat(wrong).isEmpty();
  }

  @Test
  void sqlLivesInStoresOnly() {
    noClasses()
        .that()
        .haveSimpleNameNotEndingWith("Store")
        .and()
        .haveSimpleNameNotEndingWith("Configuration")
        .and()
        .areTopLevelClasses()
        .and()
        .resideOutsideOfPackages("dev.sluice.embedded..", "dev.sluice.database..")
        .should()
        .callMethodWhere(
            JavaCall.Predicates.target(
                HasOwner.Predicates.With.owner(
                    JavaClass.Predicates.assignableTo(JdbcOperations.class))))
        .because("another database is another set of stores")
        .check(CLASSES);
  }

  @Test
  void storesArePackagePrivate() {
    classes().that().haveSimpleNameEndingWith("Store").should().bePackagePrivate().check(CLASSES);
  }

  @Test
  void moneyIsNeverFloatingPoint() {
    noClasses()
        .that()
        .resideInAnyPackage("dev.sluice.money..", "dev.sluice.ledger..")
        .should()
        .dependOnClassesThat()
        .belongToAnyOf(Double.class, Float.class)
        .check(CLASSES);
  }

  @Test
  void whatMakesBeansIsNamedSoThatItIsFound() {
    Pattern found =
        Pattern.compile(FastStart.WITH_BEANS.replaceAll("^\\*\\*/\\{name:(.*)}\\.class$", "$1"));
    assertThat(CLASSES)
        .filteredOn(type -> type.isMetaAnnotatedWith(Component.class))
        .extracting(JavaClass::getSimpleName)
        .hasSizeGreaterThan(20)
        .allMatch(name -> name.equals("SluiceApplication") || found.matcher(name).matches());
  }

  private static boolean isProvider(JavaClass type) {
    return type.getPackageName().startsWith("dev.sluice.channel.");
  }

  private static String feature(JavaClass type) {
    String rest = type.getPackageName().substring("dev.sluice".length());
    return rest.isEmpty() ? "" : rest.substring(1).split("\\.")[0];
  }

  /** The root stands above all. */
  private static int floor(JavaClass type) {
    for (int i = 0; i < HOUSE.size(); i++) {
      if (HOUSE.get(i).contains(feature(type))) {
        return i;
      }
    }
    if (feature(type).isEmpty()) {
      return -1;
    }
    throw new AssertionError("package " + feature(type) + " has no place in the house");
  }
}
