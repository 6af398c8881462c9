package io.scenerank;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSortedSet;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Comparator;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What semantic versioning covers is small, and its edge is known. */
class PublicApiTest {
  private static final String ROOT = "io.scenerank";
  private static final int MOST = 60;

  /** Records that programs read and do not make. */
  private static final ImmutableSet<String> RESULTS =
      ImmutableSet.of(
          "InputSpec",
          "OutputSpec",
          "EvaluationReport",
          "Metrics",
          "OfTask",
          "TrainingResult",
          "KerasModel",
          "Schema");

  /**
   * Types that covered ones name and that are not covered: a program can pass them on, and their
   * own members may change. Take out what is not needed any more; add none without a reason.
   */
  private static final ImmutableSortedSet<String> PASSED_ON =
      ImmutableSortedSet.of(
          "cluster.chief.ClusterOptions",
          "config.ConfigMapper",
          "data.DuckDb",
          "data.RowSequence",
          "data.RowSource",
          "data.prepare.CsvDescription",
          "data.prepare.SavedEncoding",
          "feature.DefaultGroups",
          "feature.EncodingFingerprint",
          "feature.PackedLayout",
          "feature.RawEncoding",
          "feature.Targets",
          "feature.Vocabulary",
          "layer.base.Functional",
          "layer.base.Layer",
          "layer.base.LayerConfig",
          "layer.base.LayerGraph",
          "layer.base.LayerType",
          "run.ScoringRequest",
          "train.CheckpointPace",
          "train.Checkpoints",
          "train.Plateau",
          "train.TrainingGraph",
          "train.TrainingRuntime",
          "train.TrainingState",
          "train.experiment.Experiment",
          "train.optimizer.OptimizerFactory",
          "variable.FloatTensor");

  private static JavaClasses main;

  @BeforeAll
  static void readClasses() {
    main =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(ROOT);
  }

  private static Stream<JavaClass> covered() {
    return main.stream().filter(type -> type.isAnnotatedWith(PublicApi.class));
  }

  @Test
  void isSmall() {
    assertThat(covered().map(JavaClass::getSimpleName).toList())
        .hasSizeBetween(40, MOST)
        .contains("Runs", "SavedModelPredictor", "Trainer", "KerasModels");
  }

  @Test
  void allOfItIsPublic() {
    assertThat(covered())
        .allSatisfy(
            type ->
                assertThat(type.getModifiers()).as(type.getName()).contains(JavaModifier.PUBLIC));
  }

  @Test
  void recordsThatProgramsMakeHaveFactories() {
    assertThat(covered().filter(JavaClass::isRecord).filter(type -> !hasFactory(type)))
        .extracting(JavaClass::getSimpleName)
        .isSubsetOf(RESULTS);
  }

  private static boolean hasFactory(JavaClass type) {
    return type.getMethods().stream()
        .anyMatch(
            method ->
                method.getModifiers().containsAll(Set.of(JavaModifier.PUBLIC, JavaModifier.STATIC))
                    && method.getRawReturnType().equals(type));
  }

  @Test
  void itsEdgeIsKnown() {
    Set<String> named = new TreeSet<>();
    covered()
        .flatMap(type -> type.getCodeUnits().stream())
        .filter(unit -> isVisible(unit) && !isConstructorOfRecord(unit))
        .flatMap(unit -> unit.getAllInvolvedRawTypes().stream())
        .map(JavaClass::getBaseComponentType)
        .filter(type -> type.getName().startsWith(ROOT))
        .map(PublicApiTest::topLevel)
        .filter(type -> !type.isAnnotatedWith(PublicApi.class))
        .sorted(Comparator.comparing(JavaClass::getName))
        .forEach(type -> named.add(type.getName().substring(ROOT.length() + 1)));
    assertThat(named).containsExactlyElementsOf(PASSED_ON);
  }

  private static boolean isVisible(JavaCodeUnit unit) {
    return unit.getModifiers().contains(JavaModifier.PUBLIC)
        || unit.getModifiers().contains(JavaModifier.PROTECTED);
  }

  private static boolean isConstructorOfRecord(JavaCodeUnit unit) {
    return unit.isConstructor() && unit.getOwner().isRecord();
  }

  private static JavaClass topLevel(JavaClass type) {
    return type.getEnclosingClass().map(PublicApiTest::topLevel).orElse(type);
  }
}
