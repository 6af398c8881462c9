package io.scenerank;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Maps;

/** Which package may import which. */
final class PackageArrows {
  /** Packages of Keras' layers, as Keras itself divides them. */
  private static final ImmutableSet<String> LAYERS =
      ImmutableSet.of(
          "layer.core",
          "layer.merging",
          "layer.reshaping",
          "layer.regularization",
          "layer.normalization",
          "layer.conv",
          "layer.pooling",
          "layer.recommenders",
          "layer.attention",
          "layer.rnn",
          "layer.preprocessing",
          "layer.ops",
          "layer.scene");

  /** Packages of ours that each package may import, besides itself. */
  static final ImmutableMap<String, ImmutableSet<String>> ARROWS =
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
          .putAll(Maps.toMap(LAYERS, name -> ImmutableSet.of("config", "variable", "layer.base")))
          .put(
              "layer",
              ImmutableSet.<String>builder()
                  .add("config", "variable", "layer.base")
                  .addAll(LAYERS)
                  .build())
          .put("model", ImmutableSet.of("config", "feature", "variable", "layer.base", "layer"))
          .put("train.optimizer", ImmutableSet.of("config", "variable", "layer.base"))
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
          .put("serve.raw", ImmutableSet.of("config", "feature", "data", "data.prepare", "serve"))
          .put(
              "export",
              ImmutableSet.of(
                  "config",
                  "files",
                  "feature",
                  "data",
                  "variable",
                  "model",
                  "train",
                  "serve.graph",
                  "serve"))
          .put("service", ImmutableSet.of("config", "files", "serve"))
          .put("server", ImmutableSet.of("config", "serve", "serve.raw", "service"))
          .put("cli.serve", ImmutableSet.of("config", "serve", "service", "server", "run.text"))
          .put(
              "export.onnx",
              ImmutableSet.of(
                  "config",
                  "files",
                  "feature",
                  "variable",
                  "model",
                  "serve.graph",
                  "serve",
                  "export"))
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
                  "variable",
                  "model",
                  "train.optimizer",
                  "train",
                  "train.experiment",
                  "export",
                  "export.onnx",
                  "keras",
                  "run"))
          .put(
              "run.days",
              ImmutableSet.of(
                  "config",
                  "files",
                  "feature",
                  "data",
                  "eval",
                  "train",
                  "train.experiment",
                  "report",
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
                  "train.experiment",
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
                  "export.onnx",
                  "keras",
                  "cluster",
                  "cluster.chief",
                  "cluster.local",
                  "report",
                  "run.text",
                  "run.rows",
                  "run.export",
                  "run.days",
                  "run",
                  "parity",
                  "bench",
                  "cli.serve"))
          .buildOrThrow();

  private PackageArrows() {}
}
