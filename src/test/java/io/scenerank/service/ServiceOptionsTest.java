package io.scenerank.service;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableMap;
import io.scenerank.config.InvalidInputException;
import io.scenerank.service.ServiceOptions.Label;
import io.scenerank.service.ServiceOptions.Versions;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What options refuse. */
class ServiceOptionsTest {
  @Test
  void optionsSayWhatIsWrong() {
    ImmutableMap<ThrowingCallable, String> wrong =
        ImmutableMap.of(
            () -> ServiceOptions.defaults().withThreads(-1),
            "service: threads: found -1, expected 0 or more",
            () -> Versions.newest(0),
            "service: versions: found none, expected at least one",
            () -> Label.of("canary", 2).withShare(1.5),
            "service: share of canary: found 1.5, expected a number from 0 to 1",
            () ->
                ServiceOptions.defaults()
                    .withLabels(Label.of("a", 1).withShare(0.6), Label.of("b", 2).withShare(0.6)),
            "service: shares of the labels: found a sum of 1.2, expected at most 1");
    wrong.forEach(
        (made, message) ->
            assertThatThrownBy(made).isInstanceOf(InvalidInputException.class).hasMessage(message));
  }
}
