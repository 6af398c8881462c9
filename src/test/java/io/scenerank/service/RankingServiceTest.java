package io.scenerank.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Sets;
import io.scenerank.config.InvalidInputException;
import io.scenerank.export.SavedModelExporter;
import io.scenerank.export.SmallModel;
import io.scenerank.serve.Features;
import io.scenerank.serve.Ranker;
import io.scenerank.serve.RowScorer;
import io.scenerank.service.RankingService.Call;
import io.scenerank.service.RankingService.Listener;
import io.scenerank.service.RankingService.VersionStatus;
import io.scenerank.service.ServiceOptions.Label;
import io.scenerank.service.ServiceOptions.Versions;
import io.scenerank.train.TrainingGraph;
import io.scenerank.variable.FloatTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Versions come, are checked, take the calls and go. */
@Tag("slow")
class RankingServiceTest {
  /** Nothing happens unless a test says when. */
  private static final ServiceOptions QUIET =
      ServiceOptions.defaults().withPollInterval(Duration.ZERO);

  /** Few rows are computed with constants for weights: the last digit may differ. */
  private static final Offset<Float> ROUNDED = Offset.offset(1e-6f);

  private static final Features ROWS = VersionFolders.rows(3, 2);

  @TempDir private Path temp;
  private VersionFolders folders;

  @BeforeEach
  void setUp() {
    folders = new VersionFolders(temp);
  }

  private RankingService open(ServiceOptions options, Listener... listeners) {
    return RankingService.open(folders.base(), options, listeners);
  }

  private static List<String> states(RankingService service) {
    return service.versions().stream()
        .map(status -> status.version() + " " + status.state())
        .toList();
  }

  private static String reason(RankingService service, long version) {
    return service.versions().stream()
        .filter(status -> status.version() == version)
        .findFirst()
        .flatMap(VersionStatus::reason)
        .orElseThrow();
  }

  private static void assertScores(RankingService service) {
    float[][] expected = SmallModel.get().scores();
    assertThat(service.predict(ROWS).get("click"))
        .containsExactly(new float[] {expected[0][3], expected[0][4]}, ROUNDED);
  }

  @Test
  void theNewestVersionTakesTheCallsAndTheOldOneEnds() {
    folders.export(1);
    List<String> heard = new ArrayList<>();
    Listener listener =
        new Listener() {
          @Override
          public void changed(VersionStatus status) {
            heard.add(status.toString());
          }
        };
    try (RankingService service = open(QUIET, listener)) {
      assertScores(service);
      folders.export(2);
      assertThat(states(service)).as("before it is looked for").containsExactly("1 AVAILABLE");
      service.refresh();
      assertThat(service.predict(ROWS, Call.DEFAULT).version()).isEqualTo(2);
      assertScores(service);
      assertThat(states(service)).containsExactly("2 AVAILABLE", "1 END");
      assertThat(service.load().swaps()).isEqualTo(1);
      VersionFolders.delete(temp.resolve("2"));
      service.refresh();
      assertThat(states(service)).as("rolled back").containsExactly("2 END", "1 AVAILABLE");
      VersionFolders.delete(temp.resolve("1"));
      service.refresh();
      assertScores(service);
    }
    assertThat(heard)
        .containsExactly(
            "version 1: loading",
            "version 1: available",
            "version 2: loading",
            "version 2: available",
            "version 1: unloading",
            "version 1: end",
            "version 1: loading",
            "version 1: available",
            "version 2: unloading",
            "version 2: end",
            "version 1: unloading",
            "version 1: end");
  }

  @Test
  void aVersionThatDoesNotLoadIsRefusedUntilItsFilesChange() throws IOException {
    folders.export(1);
    try (RankingService service = open(QUIET)) {
      Path damaged = folders.damaged(2);
      service.refresh();
      assertThat(states(service)).containsExactly("2 REFUSED", "1 AVAILABLE");
      assertThat(reason(service, 2))
          .startsWith(damaged + ": the SavedModel cannot be loaded (")
          .hasLineCount(1);
      assertScores(service);
      List<String> heard = new ArrayList<>();
      service.listen(
          new Listener() {
            @Override
            public void changed(VersionStatus status) {
              heard.add(status.toString());
            }
          });
      service.refresh();
      assertThat(heard).as("not tried again").isEmpty();
      Files.copy(
          SmallModel.get().folder().resolve("variables/variables.index"),
          damaged.resolve("variables/variables.index"),
          StandardCopyOption.REPLACE_EXISTING);
      service.refresh();
      assertThat(states(service)).containsExactly("2 AVAILABLE", "1 END");
    }
  }

  @Test
  void aVersionWithOtherScoresThanTheRecordedOnesIsRefused() throws IOException {
    folders.export(1);
    Path other = temp.resolve("other");
    try (TrainingGraph graph = SmallModel.untrained(SmallModel.definition())) {
      new SavedModelExporter().export(SmallModel.definition(), graph, other, 7, false);
    }
    try (RankingService service = open(QUIET)) {
      Path mixed = folders.export(2);
      for (String name : List.of("variables.index", "variables.data-00000-of-00001")) {
        Files.copy(
            other.resolve("7/variables").resolve(name),
            mixed.resolve("variables").resolve(name),
            StandardCopyOption.REPLACE_EXISTING);
      }
      service.refresh();
      assertThat(states(service)).containsExactly("2 REFUSED", "1 AVAILABLE");
      assertThat(reason(service, 2))
          .matches(
              "\\Q"
                  + mixed
                  + "\\E: warm-up request 0: output 'click', value 0: found 0\\.\\d+, expected"
                  + " 0\\.\\d+ as recorded, within 0\\.001\\d*");
    }
  }

  @Test
  void aVersionWithScoresThatAreNotFiniteIsRefused() throws IOException {
    Map<String, FloatTensor> weights = new HashMap<>();
    try (TrainingGraph graph = SmallModel.untrained(SmallModel.definition())) {
      graph
          .read()
          .forEach(
              (path, value) -> {
                float[] nan = new float[value.values().length];
                Arrays.fill(nan, Float.NaN);
                weights.put(path, new FloatTensor(value.shape(), nan));
              });
      graph.assign(weights);
      new SavedModelExporter().export(SmallModel.definition(), graph, temp, 1, false);
    }
    assertThatThrownBy(() -> open(QUIET))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(temp.resolve("1") + ": output '")
        .hasMessageContaining("row 0: found NaN, expected a finite score");
  }

  @Test
  void aForeignFolderIsTakenWhenItDidNotChangeBetweenTwoLooks() throws IOException {
    folders.foreign(1);
    try (RankingService service =
        RankingService.start(folders.base(), QUIET.withPollInterval(Duration.ofDays(1)))) {
      awaitReady(service); // the first look has a second one soon after
      Path growing = folders.foreign(2);
      Path file = growing.resolve("variables/variables.data-00000-of-00001");
      byte[] all = Files.readAllBytes(file);
      VersionFolders.cut(file);
      service.refresh();
      assertThat(states(service)).containsExactly("1 AVAILABLE");
      Files.write(file, all);
      service.refresh();
      assertThat(states(service)).as("it changed").containsExactly("1 AVAILABLE");
      service.refresh();
      assertThat(states(service)).containsExactly("2 AVAILABLE", "1 END");
    }
  }

  private static void awaitReady(RankingService service) {
    for (int i = 0; i < 500 && !service.isReady(); i++) {
      try {
        Thread.sleep(20);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
    assertThat(service.isReady()).isTrue();
  }

  @Test
  void versionsAppearWhileItWatches() {
    ServiceOptions watching = QUIET.withPollInterval(Duration.ofMillis(50));
    try (RankingService service = RankingService.start(folders.base(), watching)) {
      assertThat(service.isReady()).isFalse();
      assertThatThrownBy(() -> service.predict(ROWS))
          .isInstanceOf(RefusedException.NotAvailable.class)
          .hasMessage(temp + ": a version is not available; available: none");
      folders.export(1);
      awaitReady(service);
      assertScores(service);
    }
  }

  @Test
  void labelsAndPinnedVersionsAreLoadedTogether() {
    for (int version = 1; version <= 4; version++) {
      folders.export(version);
    }
    ServiceOptions options =
        QUIET
            .withVersions(Versions.pinned(2))
            .withLabels(Label.of("stable", 2), Label.of("canary", 3).withShare(0.25));
    try (RankingService service = open(options)) {
      assertThat(states(service)).containsExactly("3 AVAILABLE", "2 AVAILABLE");
      assertThat(service.versions().get(0).labels()).containsExactly("canary");
      assertThat(version(service, Call.DEFAULT.withLabel("canary"))).isEqualTo(3);
      assertThat(version(service, Call.DEFAULT.withVersion(2))).isEqualTo(2);
      long canary =
          IntStream.range(0, 2000)
              .filter(i -> version(service, Call.DEFAULT.withKey("user " + i)) == 3)
              .count();
      // Binomial, standard deviation 19.4: within five of it.
      assertThat(canary).isBetween(400L, 600L);
      assertThat(
              IntStream.range(0, 20)
                  .mapToObj(i -> version(service, Call.DEFAULT.withKey("the same")))
                  .distinct())
          .hasSize(1);
      assertThat(IntStream.range(0, 2000).filter(i -> version(service, Call.DEFAULT) == 3).count())
          .isBetween(400L, 600L);
      service.label(Label.newest("stable"));
      assertThat(states(service)).containsExactly("3 END", "2 AVAILABLE");
      assertThatThrownBy(() -> version(service, Call.DEFAULT.withLabel("canary")))
          .isInstanceOf(RefusedException.NotAvailable.class)
          .hasMessage(temp + ": a version of the label 'canary' is not available; available: 2");
      assertThatThrownBy(() -> version(service, Call.DEFAULT.withVersion(9)))
          .isInstanceOf(RefusedException.NotAvailable.class)
          .hasMessage(temp + ": version 9 is not available; available: 2");
    }
  }

  private static long version(RankingService service, Call call) {
    return service.info(call).version();
  }

  @Test
  void candidatesHaveTheScoresOfRowsThatRepeatTheUser() {
    folders.export(1);
    ImmutableSet<String> ofUser = ImmutableSet.of("user", "age", "history", "scene");
    ImmutableSet<String> ofCandidates = ImmutableSet.of("vector", "größe", "video");
    Features user = VersionFolders.rows(5, 1).only(ofUser);
    Features candidates = VersionFolders.rows(5, 3).only(ofCandidates);
    try (RankingService own = open(QUIET.withUserFeatures(ofUser))) {
      float[] split = own.rank(user, candidates).get("click");
      assertThat(split).hasSize(3);
      assertThat(split[0]).isCloseTo(SmallModel.get().scores()[0][5], ROUNDED);
      assertThat(own.rank(user, VersionFolders.rows(5, 0).only(ofCandidates)).get("click"))
          .isEmpty();
    }
  }

  @Test
  void theUserOfAnotherProgramsModelIsRepeated() {
    try (RankingService keras = RankingService.open(Path.of("savedmodels/pepnet-keras3"), QUIET)) {
      Features.Builder rows = Features.builder();
      keras
          .info(Call.DEFAULT)
          .inputs("serving_default")
          .forEach(
              (name, input) -> {
                int[][] ids = new int[3][(int) input.width()];
                ids[1][0] = name.contains("user") ? 0 : 1;
                rows.ids(name, ids);
              });
      Features all = rows.build();
      Set<String> ofUser = Sets.filter(all.names(), name -> name.contains("user"));
      assertThat(ofUser).isNotEmpty();
      Features.Builder user = Features.builder();
      ofUser.forEach(
          name ->
              user.ids(
                  name,
                  new int[1]
                      [(int)
                          keras.info(Call.DEFAULT).inputs("serving_default").get(name).width()]));
      Features candidates = all.only(Sets.difference(all.names(), ofUser));
      float[] ranked = keras.rank(user.build(), candidates).get("is_click");
      assertThat(ranked).containsExactly(keras.predict(all).get("is_click"));
      assertThat(ranked[1]).isNotEqualTo(ranked[0]);
      assertThatThrownBy(() -> keras.rank(all, candidates))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageMatching("user: feature '.*' has 3 rows, expected one");
    }
  }

  @Test
  void whatCallsNeedToKnowStaysValidAfterClose() {
    folders.export(1);
    RankingService service = open(QUIET);
    RankingService.ModelInfo info = service.info(Call.DEFAULT);
    service.close();
    service.close();
    assertThat(info.inputs("packed").keySet()).containsExactly("dense", "ids");
    assertThat(info.outputs("serving_default").keySet()).containsExactly("click", "like");
    assertThatThrownBy(() -> info.inputs("pakced"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(temp.resolve("1") + ": signature 'pakced' is unknown; did you mean 'packed'?");
    assertThatThrownBy(() -> service.predict(ROWS))
        .isInstanceOf(RefusedException.Closed.class)
        .hasMessage(temp + ": the service is closed");
  }

  @Test
  void aFolderWithoutVersionsIsNamed() {
    assertThatThrownBy(() -> open(QUIET))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(temp + ": no version that is requested, expected <version>/saved_model.pb");
    assertThatThrownBy(() -> RankingService.open(temp.resolve("none")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            temp.resolve("none") + ": not a folder, expected <version>/saved_model.pb below it");
    folders.export(1);
    assertThatThrownBy(() -> open(QUIET.withSignature("servin_default")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageEndingWith("; did you mean 'serving_default'?");
  }

  @Test
  void oneSavedModelIsAServiceToo() {
    Path model = folders.foreign(5);
    try (RankingService service = RankingService.open(model, QUIET)) {
      Ranker ranker = service.ranker(Call.DEFAULT);
      assertThat(ranker.inputs().keySet()).isEqualTo(ROWS.names());
      assertThat(new RowScorer(ranker, 10).score(SmallModel.rows(12), rows -> {})[0])
          .containsExactly(Arrays.copyOf(SmallModel.get().scores()[0], 12), ROUNDED);
      assertThat(states(service)).containsExactly("5 AVAILABLE");
      assertScores(service);
    }
  }
}
