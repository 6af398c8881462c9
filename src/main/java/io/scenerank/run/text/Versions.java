package io.scenerank.run.text;

import com.google.common.collect.ImmutableMap;
import java.util.Optional;
import org.tensorflow.TensorFlow;

/** Versions of the programs that compute, by name. */
public final class Versions {
  /** Name of this program. */
  public static final String OWN = "scenerank";

  private Versions() {}

  public static ImmutableMap<String, String> all() {
    String own = Versions.class.getPackage().getImplementationVersion();
    return ImmutableMap.of(
        OWN,
        Optional.ofNullable(own).orElse("(unpackaged)"),
        "TensorFlow",
        TensorFlow.version(),
        "Java",
        System.getProperty("java.version"));
  }
}
