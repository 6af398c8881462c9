package io.scenerank.feature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableMap;
import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import io.scenerank.feature.Targets.Target;
import io.scenerank.feature.Targets.TaskType;
import io.scenerank.feature.Targets.Transform;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TargetsTest {
  private static final List<String> TASKS = List.of("click", "buy", "watch");
  private static final Targets TARGETS =
      Targets.of(
          ImmutableMap.of(
              "click", Target.BINARY,
              "buy", new Target(TaskType.BINARY, null, true, "w"),
              "watch", new Target(TaskType.REGRESSION, Transform.LOG1P, false, "w")));

  @Test
  void whatIsTheDefaultIsNotKept() {
    assertThat(TARGETS.byTask()).containsOnlyKeys("buy", "watch");
    assertThat(TARGETS.typeOf("click")).isEqualTo(TaskType.BINARY);
    assertThat(TARGETS.weightColumns(TASKS)).containsExactly("w");
    assertThat(TARGETS.areWeighed(List.of("click"))).isFalse();
    assertThat(TARGETS.areWeighed(TASKS)).isTrue();
    assertThat(TARGETS.only(List.of("click"))).isEqualTo(Targets.NONE);
  }

  @Test
  void jsonHasThemAsTheyWere() {
    ConfigMapper mapper = new ConfigMapper();
    Targets read =
        mapper.convert(mapper.parse(mapper.toJson(TARGETS), "json"), Targets.class, "json");
    assertThat(read).isEqualTo(TARGETS);
  }

  @ParameterizedTest
  @CsvSource({
    "BINARY,,false,1,true",
    "BINARY,,false,0.5,false",
    "BINARY,,false,NaN,false",
    "BINARY,,true,NaN,true",
    "BINARY,,true,2,false",
    "REGRESSION,,false,-3.5,true",
    "REGRESSION,,false,Infinity,false",
    "REGRESSION,,false,1e300,false",
    "REGRESSION,LOG1P,false,-0.5,true",
    "REGRESSION,LOG1P,false,-1,false",
    "COUNT,,false,2.5,true",
    "COUNT,,false,-1,false",
  })
  void aLabelIsWhatItsTypeSays(
      TaskType type, Transform transform, boolean mayMiss, double label, boolean good) {
    assertThat(new Target(type, transform, mayMiss, null).takes(label)).isEqualTo(good);
  }

  @Test
  void aTransformIsForARegression() {
    assertThatThrownBy(() -> new Target(TaskType.COUNT, Transform.LOG1P, false, null))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("transform is for a task of type regression, found count");
  }

  @Test
  void aTaskThatThereIsNotIsRefused() {
    assertThatThrownBy(() -> TARGETS.requireTasks(List.of("click", "buy")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("unknown task 'watch'");
  }
}
