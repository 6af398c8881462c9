package io.scenerank.service;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.Sets;
import io.scenerank.config.InvalidInputException;
import io.scenerank.serve.Features;
import io.scenerank.serve.LoadedModel;
import io.scenerank.serve.Ranker.InputSpec;
import io.scenerank.serve.Ranker.WarmupRequest;
import io.scenerank.serve.Scores;
import io.scenerank.serve.Scores.OutputSpec;
import io.scenerank.serve.Signatures;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Sends a version its own warm-up requests before anybody else sends it one, and compares the
 * answers with the recorded ones. Batches and the split form for candidates are run too, as far as
 * the options use them: the first run of a graph, or of a size, is the slow one.
 */
final class WarmupReplay {
  /** Rows of a batch where the options say nothing: TensorFlow runs few and many differently. */
  private static final int MANY = 16;

  private static final int CANDIDATES = 100;

  /** The JVM and TensorFlow need several calls until a call takes its usual time. */
  private static final int ROUNDS = 30;

  private static final long MOST_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  private final LoadedModel model;
  private final ServiceOptions options;

  WarmupReplay(LoadedModel model, ServiceOptions options) {
    this.model = model;
    this.options = options;
  }

  /**
   * @throws InvalidInputException if the model has not the signature of the options, fails on a
   *     request, or answers with other numbers than it should
   */
  void run() {
    LoadedModel.Signature signature = model.signature(options.signature());
    ImmutableList<WarmupRequest> requests = model.warmup();
    for (int i = 0; i < requests.size(); i++) {
      replay(i, requests.get(i));
    }
    Optional<WarmupRequest> first =
        requests.stream()
            .filter(request -> request.signature().equals(options.signature()))
            .findFirst();
    if (first.isPresent()) {
      repeat(signature, first.get());
    } else {
      tryZeros(signature);
    }
  }

  private void replay(int number, WarmupRequest request) {
    check(number, request, model.signature(request.signature()).predict(request.features()), 1);
    if (!options.userFeatures().isEmpty()
        && model.isSplit()
        && request.signature().equals(Signatures.SERVING_DEFAULT)) {
      check(number, request, model.rank(user(request), candidates(request)), 1);
    }
  }

  private void repeat(LoadedModel.Signature signature, WarmupRequest request) {
    boolean stackable = signature.check(request.features()).isStackable();
    int many = options.batching().map(ServiceOptions.Batching::maxBatchSize).orElse(MANY);
    Features batch = stackable ? LoadedModel.repeat(request.features(), many) : request.features();
    boolean ranks = !options.userFeatures().isEmpty() && model.isSplit();
    Features candidates =
        ranks ? LoadedModel.repeat(candidates(request), CANDIDATES) : request.features();
    long end = System.nanoTime() + MOST_NANOS;
    for (int round = 0; round < ROUNDS && System.nanoTime() - end < 0; round++) {
      signature.predict(request.features());
      if (stackable) {
        check(0, request, signature.predict(batch), many);
      }
      if (ranks) {
        model.rank(user(request), candidates);
      }
    }
  }

  private Features user(WarmupRequest request) {
    return request.features().only(options.userFeatures());
  }

  private Features candidates(WarmupRequest request) {
    Features all = request.features();
    return all.only(Sets.difference(all.names(), options.userFeatures()));
  }

  /** A model without requests of its own gets a row of zeros, which says nothing of the model. */
  private void tryZeros(LoadedModel.Signature signature) {
    Features.Builder zeros = Features.builder();
    for (InputSpec input : signature.inputs().values()) {
      if (input.width() < 1 || (!input.takesIds() && !input.takesFloats())) {
        return;
      }
      long[] shape = input.shape().asArray();
      if (shape.length > 0) {
        shape[0] = 1;
      }
      int width = Math.toIntExact(input.width());
      zeros.values(input.name(), input.takesIds() ? new int[width] : new float[width], shape);
    }
    try {
      long end = System.nanoTime() + MOST_NANOS;
      for (int round = 0; round < ROUNDS && System.nanoTime() - end < 0; round++) {
        signature.predict(zeros.build());
      }
    } catch (InvalidInputException e) {
      // Zeros need not be a row that the model takes.
    }
  }

  private void check(int number, WarmupRequest request, Scores scores, int times) {
    model
        .signature(request.signature())
        .outputSpecs()
        .forEach(
            (name, spec) -> {
              if (spec.isFloat() && spec.isRead()) {
                requireFinite(number, name, scores.doubles(name));
              }
            });
    request
        .expected()
        .forEach(
            (name, recorded) -> {
              if (!scores.names().contains(name)) {
                throw new InvalidInputException(
                    at(number, name) + ": is not there, expected the output that is recorded");
              }
              requireNear(
                  number, name, numbers(request.signature(), scores, name), recorded, times);
            });
  }

  private double[] numbers(String signature, Scores scores, String name) {
    OutputSpec spec = model.signature(signature).outputSpecs().get(name);
    return spec != null && spec.isFloat()
        ? scores.doubles(name)
        : Arrays.stream(scores.longs(name)).asDoubleStream().toArray();
  }

  private void requireFinite(int number, String output, double[] found) {
    for (int i = 0; i < found.length; i++) {
      if (!Double.isFinite(found[i])) {
        throw new InvalidInputException(
            String.format(
                Locale.ROOT,
                "%s, value %d: found %s, expected a finite score",
                at(number, output),
                i,
                found[i]));
      }
    }
  }

  private void requireNear(
      int number, String output, double[] found, ImmutableList<Double> recorded, int times) {
    if (found.length != recorded.size() * times) {
      throw new InvalidInputException(
          String.format(
              Locale.ROOT,
              "%s: found %d values, expected %d as recorded",
              at(number, output),
              found.length,
              recorded.size() * times));
    }
    for (int i = 0; i < found.length; i++) {
      double expected = recorded.get(i % recorded.size());
      double most = options.tolerance() * (1 + Math.abs(expected));
      if (!(Math.abs(found[i] - expected) <= most)) {
        throw new InvalidInputException(
            String.format(
                Locale.ROOT,
                "%s, value %d: found %s, expected %s as recorded, within %s",
                at(number, output),
                i,
                (float) found[i],
                (float) expected,
                (float) most));
      }
    }
  }

  private String at(int number, String output) {
    return String.format(
        Locale.ROOT, "%s: warm-up request %d: output '%s'", model.folder(), number, output);
  }
}
