package io.scenerank;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Iterables;
import com.google.common.collect.Multimaps;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.GeneralCodingRules;
import io.scenerank.data.DuckDb;
import io.scenerank.data.DuckDb.DuckDbOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The architecture: which package may know which, and what no class may do. */
class PackageArrowsTest {
  private static final String ROOT = "io.scenerank";
  private static final Path SOURCES = Path.of("src/main/java");
  private static final Path TESTS = Path.of("src/test/java");

  private static final ImmutableSet<String> CHANGING =
      Stream.of(
              Collection.class,
              List.class,
              ArrayList.class,
              Set.class,
              HashSet.class,
              LinkedHashSet.class,
              Map.class,
              HashMap.class,
              LinkedHashMap.class,
              TreeMap.class,
              StringBuilder.class,
              Random.class)
          .map(Class::getName)
          .collect(ImmutableSet.toImmutableSet());

  private static JavaClasses main;

  @BeforeAll
  static void readClasses() {
    main =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(ROOT);
    assertThat(main).as("classes of the main code").hasSizeGreaterThan(50);
  }

  static Collection<String> packages() {
    return PackageArrows.ARROWS.keySet();
  }

  private static String[] patterns(Collection<String> names) {
    return names.stream().map(name -> ROOT + "." + name).toArray(String[]::new);
  }

  @ParameterizedTest
  @MethodSource("packages")
  void importsOnlyFromItsLeft(String name) {
    ImmutableList<String> allowed =
        ImmutableList.<String>builder().add(name).addAll(PackageArrows.ARROWS.get(name)).build();
    classes()
        .that()
        .resideInAPackage(ROOT + "." + name)
        .should()
        .onlyDependOnClassesThat(
            not(resideInAPackage(ROOT + ".."))
                .or(resideInAnyPackage(patterns(allowed)))
                .or(type(PublicApi.class)))
        .allowEmptyShould(true) // a package of the plan may have no class yet
        .check(main);
  }

  @Test
  void everyClassStandsInAPackageOfTheTable() {
    classes()
        .that()
        .resideInAPackage(ROOT + "..")
        .and(not(resideInAPackage(ROOT)))
        .should()
        .resideInAnyPackage(patterns(PackageArrows.ARROWS.keySet()))
        .check(main);
    assertThat(main.getPackage(ROOT).getClasses())
        .extracting(JavaClass::getSimpleName)
        .containsExactlyInAnyOrder("PublicApi", "package-info");
  }

  @Test
  void onlyTheCommandLineWritesToTheConsole() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + ".cli..")
        .should(GeneralCodingRules.ACCESS_STANDARD_STREAMS)
        .check(main);
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + ".cli..")
        .should()
        .callMethodWhere(
            DescribedPredicate.describe(
                "a stack trace is printed",
                call -> call.getTarget().getName().equals("printStackTrace")))
        .check(main);
  }

  @Test
  void onlyTheServerNeedsTheLibrariesOfAServer() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + ".server")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "com.linecorp.armeria..",
            "io.netty..",
            "io.prometheus..",
            "io.micrometer.prometheusmetrics..")
        .check(main);
  }

  @Test
  void everyDatabaseIsKeptToItsFiles() {
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName(DuckDb.class.getName())
        .should()
        .callMethod(DuckDb.class, "open", DuckDbOptions.class, Optional.class)
        .check(main);
  }

  @Test
  void noStaticStateChanges() {
    fields().that().areStatic().should().beFinal().check(main);
    // Of the JDK's collections a final field may still change; Guava's say that they do not.
    DescribedPredicate<JavaField> mutable =
        DescribedPredicate.describe(
            "hold something that changes",
            field ->
                field.getModifiers().contains(JavaModifier.STATIC)
                    && (CHANGING.contains(field.getRawType().getName())
                        || field.getRawType().getPackageName().startsWith("java.util.concurrent")));
    assertThat(
            main.stream()
                .flatMap(type -> type.getFields().stream())
                .filter(mutable)
                .map(JavaField::getFullName))
        .as("static fields that hold something that changes")
        .isEmpty();
  }

  @Test
  void everyPackageSaysWhatItIsFor() throws IOException {
    ImmutableListMultimap<Path, Path> byFolder = Multimaps.index(sources(SOURCES), Path::getParent);
    assertThat(byFolder.keySet()).as("source folders").hasSizeGreaterThan(5);
    assertThat(byFolder.asMap())
        .allSatisfy(
            (folder, files) ->
                assertThat(files)
                    .as(folder.toString())
                    .contains(folder.resolve("package-info.java")));
  }

  @Test
  void noClassIsOver400Lines() throws IOException {
    Map<Path, Integer> tooLong = new LinkedHashMap<>();
    for (Path file : Iterables.concat(sources(SOURCES), sources(TESTS))) {
      int lines = Files.readAllLines(file).size();
      if (lines > 400) {
        tooLong.put(file, lines);
      }
    }
    assertThat(tooLong).as("source files of more than 400 lines").isEmpty();
  }

  private static List<Path> sources(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.toString().endsWith(".java")).sorted().toList();
    }
  }
}
