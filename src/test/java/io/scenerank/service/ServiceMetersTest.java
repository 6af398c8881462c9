package io.scenerank.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableMap;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.scenerank.export.SmallModel;
import io.scenerank.service.RankingService.Call;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Micrometer sees of a service, and that a service does not see Micrometer. */
class ServiceMetersTest {
  @TempDir private Path temp;

  @Test
  void callsScoresAndVersionsAreCounted() {
    VersionFolders folders = new VersionFolders(temp);
    folders.export(1);
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    try (RankingService service =
        RankingService.open(temp, ServiceOptions.defaults().withPollInterval(Duration.ZERO))) {
      new ServiceMeters(service)
          .withScenario("scene", ImmutableMap.of(0, "home", 1, "search"))
          .bindTo(registry);
      service.predict(VersionFolders.rows(0, 6)); // scenes 0 1 2 0 1 2
      assertThatThrownBy(
              () -> service.predict(VersionFolders.rows(0, 1), Call.DEFAULT.withVersion(9)))
          .isInstanceOf(RefusedException.NotAvailable.class);
      assertThat(registry.get("scenerank.call").tag("version", "1").timer().count()).isEqualTo(1);
      assertThat(registry.get("scenerank.compute").timer().count()).isEqualTo(1);
      assertThat(registry.get("scenerank.batch.rows").summary().totalAmount()).isEqualTo(6);
      float[] click = SmallModel.get().scores()[0];
      DistributionSummary home = score(registry, "home");
      assertThat(home.count()).isEqualTo(2);
      assertThat(home.totalAmount()).isCloseTo(click[0] + click[3], Offset.offset(1e-5));
      assertThat(score(registry, "other").max())
          .isCloseTo(Math.max(click[2], click[5]), Offset.offset(1e-6));
      assertThat(
              registry.get("scenerank.refusals").tag("reason", "not_available").counter().count())
          .isEqualTo(1);
      assertThat(registry.get("scenerank.memory.resident").gauge().value()).isGreaterThan(1e8);
      folders.export(2);
      folders.damaged(3);
      service.refresh();
      assertThat(registry.get("scenerank.version").gauge().value()).isEqualTo(2);
      assertThat(registry.get("scenerank.versions").tag("state", "refused").gauge().value())
          .isEqualTo(1);
      assertThat(registry.get("scenerank.versions.refused").counter().count()).isEqualTo(1);
      assertThat(registry.get("scenerank.swaps").functionCounter().count()).isEqualTo(1);
      assertThat(registry.find("scenerank.score").meters())
          .as("those of the version that ended are gone")
          .isEmpty();
    }
  }

  private static DistributionSummary score(SimpleMeterRegistry registry, String scenario) {
    return registry
        .get("scenerank.score")
        .tags("version", "1", "task", "click", "scenario", scenario)
        .summary();
  }

  @Test
  void aServiceNeedsNoMoreThanAPredictor() {
    JavaClasses classes =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.scenerank.service");
    Set<String> others = new TreeSet<>();
    for (JavaClass type : classes) {
      if (!type.getName().startsWith(ServiceMeters.class.getName())) {
        type.getDirectDependenciesFromSelf().stream()
            .map(dependency -> dependency.getTargetClass().getBaseComponentType())
            .filter(target -> !target.isPrimitive())
            .map(JavaClass::getPackageName)
            .map(name -> name.replaceAll("^(\\w+\\.\\w+).*", "$1"))
            .forEach(others::add);
      }
    }
    assertThat(classes).hasSizeGreaterThan(20);
    others.removeIf(name -> name.startsWith("java."));
    assertThat(others)
        .containsExactly("com.google", "io.scenerank", "org.jspecify", "org.tensorflow");
  }
}
