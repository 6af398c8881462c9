package io.scenerank.service;

import io.scenerank.serve.Features;
import io.scenerank.serve.LoadedModel;
import io.scenerank.serve.Ranker.CheckedRows;
import io.scenerank.serve.Scores;
import io.scenerank.service.RankingService.Answer;
import io.scenerank.service.RankingService.Answered;
import io.scenerank.service.RankingService.Call;
import io.scenerank.service.RankingService.ModelInfo;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Runs calls: admits them, finds their version, keeps it open until they end. */
final class CallRunner implements AutoCloseable {
  private final VersionManager manager;
  private final ServiceOptions options;
  private final Listeners listeners;
  private final Optional<Batcher> batcher;
  private final AtomicInteger inFlight = new AtomicInteger();
  private final AtomicLong calls = new AtomicLong();

  CallRunner(VersionManager manager, ServiceOptions options, Listeners listeners) {
    this.manager = manager;
    this.options = options;
    this.listeners = listeners;
    this.batcher = options.batching().map(batching -> new Batcher(batching, listeners));
  }

  int inFlight() {
    return inFlight.get();
  }

  String signature(Call call) {
    return call.signature().orElse(options.signature());
  }

  int queuedRows() {
    return batcher.map(Batcher::queuedRows).orElse(0);
  }

  /** What one call needs to the end: its place among those in flight, and its version. */
  private final class Ticket {
    private final ServedVersion version;
    private final String signature;
    private final Features features;
    private final @Nullable Features user;
    private final Deadline deadline;
    private final long begin = System.nanoTime();

    private Ticket(Call call, Features features, @Nullable Features user) {
      this.signature = signature(call);
      this.features = features;
      this.user = user;
      this.deadline = Deadline.of(call.timeout());
      this.version = admit(call);
    }

    LoadedModel.Signature model() {
      return version.model().signature(signature);
    }

    Answer answered(Scores scores, int rows) {
      Answer answer = new Answer(version.number(), scores);
      long nanos = System.nanoTime() - begin;
      listeners.tell(
          listener ->
              listener.answered(new Answered(answer, signature, features, user, rows, nanos)));
      return answer;
    }

    void computed(int rows, long from) {
      long nanos = System.nanoTime() - from;
      listeners.tell(listener -> listener.computed(version.number(), 1, rows, nanos));
    }

    void end() {
      version.leave();
      inFlight.decrementAndGet();
    }
  }

  private ServedVersion admit(Call call) {
    int now = inFlight.incrementAndGet();
    try {
      int most = options.maxInFlight();
      if (most > 0 && now > most) {
        throw new RefusedException.Overloaded(
            "overloaded: " + most + " calls are in flight, which is the limit");
      }
      return manager.enter(call, this::random);
    } catch (RuntimeException | Error e) {
      inFlight.decrementAndGet();
      throw e;
    }
  }

  /** Each call has a number of its own, in every thread. */
  private double random() {
    return new SplittableRandom(options.seed() + calls.getAndIncrement()).nextDouble();
  }

  Answer predict(Features features, Call call) {
    return reported(
        () -> {
          Ticket ticket = new Ticket(call, features, null);
          try {
            return batcher.isPresent() ? batched(ticket, batcher.get()) : direct(ticket);
          } finally {
            ticket.end();
          }
        });
  }

  private static Answer batched(Ticket ticket, Batcher batches) {
    LoadedModel.Signature model = ticket.model();
    CheckedRows rows = model.check(ticket.features);
    if (!rows.isStackable()) {
      return direct(ticket);
    }
    Scores scores = batches.score(model, rows, ticket.version.number(), ticket.deadline);
    return ticket.answered(scores, rows.rows());
  }

  private static Answer direct(Ticket ticket) {
    ticket.deadline.require();
    long from = System.nanoTime();
    Scores scores = ticket.model().predict(ticket.features);
    int rows = ticket.features.rows();
    ticket.computed(rows, from);
    return ticket.answered(scores, rows);
  }

  CompletableFuture<Answer> submit(Features features, Call call) {
    if (batcher.isEmpty()) {
      return completed(features, call);
    }
    try {
      return reported(
          () -> {
            Ticket ticket = new Ticket(call, features, null);
            try {
              return submit(ticket, batcher.get());
            } catch (RuntimeException | Error e) {
              ticket.end();
              throw e;
            }
          });
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private CompletableFuture<Answer> completed(Features features, Call call) {
    try {
      return CompletableFuture.completedFuture(predict(features, call));
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private CompletableFuture<Answer> submit(Ticket ticket, Batcher batches) {
    LoadedModel.Signature model = ticket.model();
    CheckedRows rows = model.check(ticket.features);
    if (!rows.isStackable()) {
      Answer answer = direct(ticket);
      ticket.end();
      return CompletableFuture.completedFuture(answer);
    }
    CompletableFuture<Answer> result = new CompletableFuture<>();
    CompletableFuture<Scores> unused =
        batches
            .submit(model, rows, ticket.version.number(), ticket.deadline)
            .whenComplete((scores, failure) -> complete(result, ticket, rows, scores, failure));
    return result;
  }

  private void complete(
      CompletableFuture<Answer> result,
      Ticket ticket,
      CheckedRows rows,
      @Nullable Scores scores,
      @Nullable Throwable failure) {
    ticket.end();
    if (scores != null) {
      result.complete(ticket.answered(scores, rows.rows()));
    } else {
      Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
      if (cause instanceof RuntimeException e) {
        report(e);
      }
      result.completeExceptionally(cause == null ? new IllegalStateException("no scores") : cause);
    }
  }

  Answer rank(Features user, Features candidates, Call call) {
    return reported(
        () -> {
          Ticket ticket = new Ticket(call, candidates, user);
          try {
            ticket.deadline.require();
            long from = System.nanoTime();
            Scores scores = ticket.version.model().rank(user, candidates);
            int rows = candidates.rows();
            ticket.computed(rows, from);
            return ticket.answered(scores, rows);
          } finally {
            ticket.end();
          }
        });
  }

  ModelInfo info(Call call) {
    ServedVersion version = manager.enter(call, this::random);
    try {
      return version.info();
    } finally {
      version.leave();
    }
  }

  private interface Work<T> {
    T run();
  }

  private <T> T reported(Work<T> work) {
    try {
      return work.run();
    } catch (RuntimeException e) {
      report(e);
      throw e;
    }
  }

  private void report(RuntimeException e) {
    if (e instanceof RefusedException refused) {
      listeners.tell(listener -> listener.refused(refused));
    } else {
      listeners.tell(listener -> listener.failed(e));
    }
  }

  /** Ends the threads of batches; none waits by then, and no version is open. */
  @Override
  public void close() {
    batcher.ifPresent(Batcher::close);
  }
}
