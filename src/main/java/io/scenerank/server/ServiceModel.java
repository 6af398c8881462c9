package io.scenerank.server;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.config.InvalidInputException;
import io.scenerank.serve.Features;
import io.scenerank.serve.Ranker.InputSpec;
import io.scenerank.serve.Scores;
import io.scenerank.serve.Scores.OutputSpec;
import io.scenerank.service.RankingService;
import io.scenerank.service.RankingService.Answer;
import io.scenerank.service.RankingService.Call;
import io.scenerank.service.RankingService.ModelInfo;
import io.scenerank.service.RankingService.VersionStatus;
import io.scenerank.service.RefusedException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.tensorflow.proto.SignatureDef;

/** The model that a {@link RankingService} keeps. */
final class ServiceModel implements ServedModel {
  private final RankingService service;
  private final String name;
  private final BooleanSupplier isOpen;

  /** What each signature takes and returns; as many entries as there are versions loaded. */
  private final ConcurrentMap<Key, Specs> specs = new ConcurrentHashMap<>();

  private record Key(long version, String signature) {}

  private record Specs(
      ModelInfo info,
      ImmutableMap<String, InputSpec> inputs,
      ImmutableMap<String, OutputSpec> outputs) {}

  /**
   * @param isOpen whether the server takes requests
   */
  ServiceModel(RankingService service, String name, BooleanSupplier isOpen) {
    this.service = service;
    this.name = name;
    this.isOpen = isOpen;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public boolean isReady() {
    return isOpen.getAsBoolean() && service.isReady();
  }

  @Override
  public ImmutableList<VersionState> states() {
    return service.versions().stream()
        .map(ServiceModel::state)
        .collect(ImmutableList.toImmutableList());
  }

  private static VersionState state(VersionStatus status) {
    VersionState.State state =
        switch (status.state()) {
          case LOADING -> VersionState.State.LOADING;
          case AVAILABLE -> VersionState.State.AVAILABLE;
          case UNLOADING -> VersionState.State.UNLOADING;
          case REFUSED, END -> VersionState.State.END;
        };
    return new VersionState(status.version(), state, status.reason().orElse(""));
  }

  @Override
  public ServiceVersion version(VersionChoice choice) {
    Call call = Call.DEFAULT;
    if (choice.number().isPresent()) {
      call = call.withVersion(choice.number().getAsLong());
    }
    if (choice.label().isPresent()) {
      call = call.withLabel(choice.label().get());
    }
    return new ServiceVersion(call, service.info(call));
  }

  private Specs specs(ModelInfo info, String signature) {
    Key key = new Key(info.version(), signature);
    Specs known = specs.get(key);
    // A version of the same number may be written again.
    if (known != null && known.info().signatures().equals(info.signatures())) {
      return known;
    }
    Specs read = new Specs(info, info.inputs(signature), info.outputs(signature));
    specs.keySet().removeIf(old -> isGone(old.version()));
    specs.put(key, read);
    return read;
  }

  private boolean isGone(long version) {
    return service.versions().stream()
        .noneMatch(
            status ->
                status.version() == version && status.state() == RankingService.State.AVAILABLE);
  }

  /** A version that a request goes to. */
  final class ServiceVersion implements Version {
    private final Call call;
    private final ModelInfo info;

    ServiceVersion(Call call, ModelInfo info) {
      this.call = call;
      this.info = info;
    }

    ModelInfo info() {
      return info;
    }

    @Override
    public long number() {
      return info.version();
    }

    @Override
    public ImmutableMap<String, SignatureDef> definitions() {
      return info.signatures();
    }

    @Override
    public Signature signature(String signature) {
      return new ServiceSignature(this, signature, told(() -> specs(info, signature)));
    }

    /** Scores the candidates of a user. */
    Scores rank(Features user, Features candidates, Duration limit) {
      return told(
          () -> {
            try {
              return service.rank(user, candidates, pinned(limit)).scores();
            } catch (RefusedException.NotAvailable e) {
              return service.rank(user, candidates, again(limit, e)).scores();
            }
          });
    }

    /** The request's features are read for this version, so it is the one to score them. */
    private Call pinned(Duration limit) {
      return Call.DEFAULT.withVersion(info.version()).withTimeout(limit);
    }

    /** The call of a request that names no version, which was replaced since. */
    private Call again(Duration limit, RefusedException.NotAvailable refused) {
      if (call.version().isPresent()) {
        throw refused;
      }
      return call.withTimeout(limit);
    }

    /** Errors name the model's folder, which is nobody's business beyond this machine. */
    private <T> T told(Supplier<T> work) {
      try {
        return work.get();
      } catch (InvalidInputException e) {
        throw withoutFolder(e);
      }
    }

    private RequestException withoutFolder(InvalidInputException e) {
      String message = String.valueOf(e.getMessage());
      String folder = info.folder() + ": ";
      return RequestException.invalid(
          message.startsWith(folder) ? message.substring(folder.length()) : message);
    }

    private Throwable explained(Throwable thrown) {
      Throwable cause =
          thrown instanceof CompletionException && thrown.getCause() != null
              ? thrown.getCause()
              : thrown;
      return cause instanceof InvalidInputException e ? withoutFolder(e) : cause;
    }
  }

  /** A signature of a version that a request goes to. */
  private final class ServiceSignature implements Signature {
    private final ServiceVersion version;
    private final String signature;
    private final Specs specs;

    ServiceSignature(ServiceVersion version, String signature, Specs specs) {
      this.version = version;
      this.signature = signature;
      this.specs = specs;
    }

    @Override
    public ImmutableMap<String, InputSpec> inputs() {
      return specs.inputs();
    }

    @Override
    public ImmutableMap<String, OutputSpec> outputs() {
      return specs.outputs();
    }

    @Override
    public CompletionStage<Scores> predict(Features features, Duration limit) {
      return submit(features, version.pinned(limit))
          .exceptionallyCompose(
              thrown -> {
                Throwable cause = version.explained(thrown);
                return cause instanceof RefusedException.NotAvailable refused
                    ? submit(features, version.again(limit, refused))
                    : CompletableFuture.failedFuture(cause);
              })
          .thenApply(Answer::scores);
    }

    private CompletableFuture<Answer> submit(Features features, Call call) {
      return service.submit(features, call.withSignature(signature));
    }
  }
}
