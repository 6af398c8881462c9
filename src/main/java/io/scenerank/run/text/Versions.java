package io.scenerank.run.text;

import com.google.common.collect.ImmutableMap;
import java.util.Optional;
import org.tensorflow.TensorFlow;

/** Versions of the programs that compute, by name. */
public final class Versions {
  /** Name of this program. */
  private static final String OWN = "scenerank";

  private Versions() {}

  /** Version of this program. */
  public static String own() {
    return Optional.ofNullable(Versions.class.getPackage().getImplementationVersion())
        .orElse("(unpackaged)");
  }

  /** Versions of this program, TensorFlow and Java, by name. */
  public static ImmutableMap<String, String> all() {
    return ImmutableMap.of(
        OWN, own(), "TensorFlow", TensorFlow.version(), "Java", System.getProperty("java.version"));
  }
}
