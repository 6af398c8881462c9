package io.scenerank.server;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.serve.Features;
import io.scenerank.serve.Ranker.InputSpec;
import io.scenerank.serve.Scores;
import io.scenerank.serve.Scores.OutputSpec;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.tensorflow.proto.SignatureDef;

/** The model that the server answers for: its versions and their signatures. */
interface ServedModel {
  /** The name in paths and requests. */
  String name();

  /** Whether a version takes traffic, after its warm-up. */
  boolean isReady();

  /** Every version that is loaded, was refused or is about to be either. */
  ImmutableList<VersionState> states();

  /**
   * The version for a request.
   *
   * @throws RequestException with {@link ErrorCode#NOT_FOUND} if there is none
   */
  Version version(VersionChoice choice);

  /** One version, as long as it is served. */
  interface Version {
    long number();

    /** What its signatures say, by name. */
    ImmutableMap<String, SignatureDef> definitions();

    /**
     * A signature that can be called.
     *
     * @throws RequestException if there is none of the name
     */
    Signature signature(String name);
  }

  /** A signature of a version. */
  interface Signature {
    ImmutableMap<String, InputSpec> inputs();

    ImmutableMap<String, OutputSpec> outputs();

    /**
     * Scores rows; the result may fail with what {@link Failures} explains.
     *
     * @param limit how long the call may wait
     */
    CompletionStage<Scores> predict(Features features, Duration limit);
  }

  /**
   * What became of a version.
   *
   * @param error why it is not served; empty if it is
   */
  record VersionState(long number, State state, String error) {
    /** TF Serving's states, with the number that each has in its messages. */
    enum State {
      START(10),
      LOADING(20),
      AVAILABLE(30),
      UNLOADING(40),
      END(50);

      private final int number;

      State(int number) {
        this.number = number;
      }

      int number() {
        return number;
      }
    }
  }
}
