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
import com.google.common.collect.ImmutableMap;
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
import io.scenerank.data.DuckDbOptions;
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

  /** Packages of ours that each package may import, besides itself. */
  private static final ImmutableMap<String, ImmutableSet<String>> ARROWS =
      ImmutableMap.<String, ImmutableSet<String>>builder()
          .put("config", ImmutableSet.of())
          .put("files", ImmutableSet.of("config"))
          .put("feature", ImmutableSet.of("config", "files"))
          .put("data", ImmutableSet.of("config", "files", "feature"))
          .put("data.prepare", ImmutableSet.of("config", "files", "feature", "data"))
          .put("data.synthetic", ImmutableSet.of("config", "files", "feature", "data"))
          .put("eval", ImmutableSet.of("config", "feature", "data"))
          .put("variable", ImmutableSet.of())
          .put("layer.base", ImmutableSet.of("config", "variable"))
          .put("layer.core", ImmutableSet.of("config", "variable", "layer.base"))
          .put("layer.merging", ImmutableSet.of("config", "variable", "layer.base"))
          .put("layer.reshaping", ImmutableSet.of("config", "variable", "layer.base"))
          .put("layer.regularization", ImmutableSet.of("config", "variable", "layer.base"))
          .put("layer.normalization", ImmutableSet.of("config", "variable", "layer.base"))
          .put("layer.conv", ImmutableSet.of("config", "variable", "layer.base"))
          .put("layer.pooling", ImmutableSet.of("config", "variable", "layer.base"))
          .put("layer.attention", ImmutableSet.of("config", "variable", "layer.base"))
          .put("layer.rnn", ImmutableSet.of("config", "variable", "layer.base"))
          .put("layer.preprocessing", ImmutableSet.of("config", "variable", "layer.base"))
          .put("layer.ops", ImmutableSet.of("config", "variable", "layer.base"))
          .put("layer.scene", ImmutableSet.of("config", "variable", "layer.base"))
          .put(
              "layer",
              ImmutableSet.of(
                  "config",
                  "variable",
                  "layer.base",
                  "layer.core",
                  "layer.merging",
                  "layer.reshaping",
                  "layer.regularization",
                  "layer.normalization",
                  "layer.conv",
                  "layer.pooling",
                  "layer.attention",
                  "layer.rnn",
                  "layer.preprocessing",
                  "layer.ops",
                  "layer.scene"))
          .put("model", ImmutableSet.of("config", "feature", "variable", "layer.base", "layer"))
          .put("train.optimizer", ImmutableSet.of("config", "variable", "layer"))
          .put(
              "train",
              ImmutableSet.of(
                  "config",
                  "files",
                  "feature",
                  "data",
                  "eval",
                  "variable",
                  "model",
                  "train.optimizer"))
          .put("train.log", ImmutableSet.of("config", "files", "data", "eval", "variable", "train"))
          .put(
              "train.experiment",
              ImmutableSet.of("config", "files", "feature", "model", "train.optimizer", "train"))
          .put("serve.graph", ImmutableSet.of("feature", "variable"))
          .put(
              "serve",
              ImmutableSet.of("config", "files", "feature", "data", "variable", "serve.graph"))
          .put(
              "export",
              ImmutableSet.of(
                  "config",
                  "files",
                  "feature",
                  "variable",
                  "model",
                  "train",
                  "serve.graph",
                  "serve"))
          .put(
              "keras",
              ImmutableSet.of(
                  "config",
                  "files",
                  "feature",
                  "variable",
                  "layer.base",
                  "layer",
                  "model",
                  "train.optimizer",
                  "train",
                  "train.experiment",
                  "serve",
                  "export"))
          .put("cluster", ImmutableSet.of("config"))
          .put("cluster.wire", ImmutableSet.of("config", "data", "model", "train", "cluster"))
          .put(
              "cluster.worker",
              ImmutableSet.of(
                  "config",
                  "feature",
                  "data",
                  "variable",
                  "model",
                  "train",
                  "cluster",
                  "cluster.wire"))
          .put(
              "cluster.chief",
              ImmutableSet.of(
                  "config",
                  "feature",
                  "data",
                  "variable",
                  "model",
                  "train",
                  "cluster",
                  "cluster.wire",
                  "cluster.worker"))
          .put("cluster.local", ImmutableSet.of("config", "cluster"))
          .put(
              "report",
              ImmutableSet.of(
                  "config",
                  "files",
                  "feature",
                  "data",
                  "eval",
                  "model",
                  "train",
                  "train.log",
                  "train.experiment"))
          .put("run.text", ImmutableSet.of("config", "variable"))
          .put(
              "run.rows",
              ImmutableSet.of(
                  "config", "files", "feature", "data", "data.prepare", "model", "serve"))
          .put(
              "run",
              ImmutableSet.of(
                  "config",
                  "files",
                  "feature",
                  "data",
                  "data.prepare",
                  "data.synthetic",
                  "eval",
                  "variable",
                  "model",
                  "train.optimizer",
                  "train",
                  "train.log",
                  "train.experiment",
                  "serve",
                  "export",
                  "keras",
                  "cluster",
                  "cluster.wire",
                  "cluster.worker",
                  "cluster.chief",
                  "report",
                  "run.text",
                  "run.rows"))
          .put(
              "run.export",
              ImmutableSet.of(
                  "config",
                  "files",
                  "feature",
                  "data",
                  "data.prepare",
                  "model",
                  "train",
                  "train.experiment",
                  "export",
                  "keras",
                  "run"))
          .put(
              "parity",
              ImmutableSet.of(
                  "config",
                  "feature",
                  "data",
                  "variable",
                  "layer.base",
                  "layer",
                  "model",
                  "train.optimizer",
                  "train",
                  "keras"))
          .put(
              "bench",
              ImmutableSet.of(
                  "config",
                  "feature",
                  "data",
                  "data.synthetic",
                  "eval",
                  "layer",
                  "model",
                  "train.optimizer",
                  "train",
                  "serve",
                  "export"))
          .put(
              "cli",
              ImmutableSet.of(
                  "config",
                  "files",
                  "feature",
                  "data",
                  "data.prepare",
                  "data.synthetic",
                  "eval",
                  "variable",
                  "model",
                  "train.optimizer",
                  "train",
                  "train.experiment",
                  "serve",
                  "export",
                  "keras",
                  "cluster",
                  "cluster.chief",
                  "cluster.local",
                  "report",
                  "run.text",
                  "run.rows",
                  "run.export",
                  "run",
                  "parity",
                  "bench"))
          .buildOrThrow();

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
    return ARROWS.keySet();
  }

  private static String[] patterns(Collection<String> names) {
    return names.stream().map(name -> ROOT + "." + name).toArray(String[]::new);
  }

  @ParameterizedTest
  @MethodSource("packages")
  void importsOnlyFromItsLeft(String name) {
    ImmutableList<String> allowed =
        ImmutableList.<String>builder().add(name).addAll(ARROWS.get(name)).build();
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
        .resideInAnyPackage(patterns(ARROWS.keySet()))
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
