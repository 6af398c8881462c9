package io.scenerank.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scenerank.config.InvalidInputException;
import io.scenerank.export.SmallModel;
import io.scenerank.serve.Features;
import io.scenerank.service.RankingService.Answer;
import io.scenerank.service.RankingService.Answered;
import io.scenerank.service.RankingService.Call;
import io.scenerank.service.RankingService.Listener;
import io.scenerank.service.ServiceOptions.Batching;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Calls are scored together, within limits, and none suffers from another. */
@Timeout(60)
class ServiceCallsTest {
  /** Rows that are scored together are summed in another order than alone. */
  private static final Offset<Float> ROUNDED = Offset.offset(1e-6f);

  /** A batch waits long for rows that a test sends at once. */
  private static final Batching PATIENT =
      Batching.defaults().withThreads(1).withMaxDelayMicros(300_000).withMaxBatchSize(8);

  private static final Batching ONE_THREAD = Batching.defaults().withThreads(1);

  @TempDir private Path temp;
  private final Runs runs = new Runs();

  /** Remembers the runs of the model; holds the next one up until it is released. */
  private static final class Runs implements Listener {
    private final Queue<Integer> callsOfRuns = new ConcurrentLinkedQueue<>();
    private final Queue<String> refusals = new ConcurrentLinkedQueue<>();
    private final Queue<Answered> answers = new ConcurrentLinkedQueue<>();
    private volatile CountDownLatch held = new CountDownLatch(0);
    private volatile CountDownLatch arrived = new CountDownLatch(0);

    void hold() {
      arrived = new CountDownLatch(1);
      held = new CountDownLatch(1);
    }

    void awaitHeld() throws InterruptedException {
      assertThat(arrived.await(30, TimeUnit.SECONDS)).isTrue();
    }

    void release() {
      held.countDown();
    }

    @Override
    public void computed(long version, int calls, int rows, long nanos) {
      callsOfRuns.add(calls);
      arrived.countDown();
      try {
        boolean released = held.await(30, TimeUnit.SECONDS);
        assertThat(released).isTrue();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }

    @Override
    public void answered(Answered call) {
      answers.add(call);
    }

    @Override
    public void refused(RefusedException reason) {
      refusals.add(reason.reason());
    }
  }

  @BeforeEach
  void setUp() {
    new VersionFolders(temp).export(1);
  }

  private RankingService open(Batching batching) {
    return RankingService.open(
        temp,
        ServiceOptions.defaults().withPollInterval(Duration.ZERO).withBatching(batching),
        runs);
  }

  private static Features row(int number) {
    return VersionFolders.rows(number, 1);
  }

  private static float expected(int row) {
    return SmallModel.get().scores()[0][row];
  }

  private static float click(CompletableFuture<Answer> answer) {
    return answer.join().scores().get("click")[0];
  }

  @Test
  void callsThatArriveTogetherAreScoredTogether() {
    try (RankingService service = open(PATIENT)) {
      List<CompletableFuture<Answer>> answers = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        answers.add(service.submit(row(i), Call.DEFAULT));
      }
      for (int i = 0; i < 8; i++) {
        assertThat(click(answers.get(i))).isCloseTo(expected(i), ROUNDED);
        assertThat(answers.get(i).join().scores().shape("like").asArray()).containsExactly(1, 1);
      }
      assertThat(runs.callsOfRuns).containsExactly(8);
      assertThat(service.predict(VersionFolders.rows(0, 20)).get("click"))
          .as("more rows than a batch takes")
          .hasSize(20);
    }
    assertThat(runs.answers).extracting(Answered::rows).containsExactly(1, 1, 1, 1, 1, 1, 1, 1, 20);
  }

  @Test
  void aWrongRowFailsItsOwnCallOnly() {
    try (RankingService service = open(PATIENT)) {
      Call packed = Call.DEFAULT.withSignature("packed");
      CompletableFuture<Answer> good = service.submit(packed(7), packed);
      CompletableFuture<Answer> wrong = service.submit(packed(77), packed);
      CompletableFuture<Answer> alsoGood = service.submit(packed(7), packed);
      assertThat(click(good)).isEqualTo(click(alsoGood)).isBetween(0f, 1f);
      assertThatThrownBy(wrong::join)
          .as("found by the graph")
          .isInstanceOf(CompletionException.class)
          .cause()
          .isInstanceOf(InvalidInputException.class)
          .hasMessage(temp.resolve("1") + ": feature 'user', row 0: id 77 is outside [0, 20)");
      Features unknown = Features.builder().ids("usr", 1).build();
      assertThatThrownBy(() -> service.predict(unknown))
          .as("found before it joins a batch")
          .isInstanceOf(InvalidInputException.class)
          .hasMessageEndingWith("did you mean 'user'?");
      assertThat(service.load().inFlight()).isZero();
    }
  }

  private static Features packed(int user) {
    return Features.builder()
        .ids("ids", new int[][] {{user, 1, 1, 1, 1, 1, 1}})
        .floats("dense", new float[][] {{0, 0, 0}})
        .build();
  }

  @Test
  void differentSignaturesAreNotMixed() {
    try (RankingService service = open(PATIENT.withMaxDelayMicros(50_000))) {
      CompletableFuture<Answer> first = service.submit(row(3), Call.DEFAULT);
      CompletableFuture<Answer> other =
          service.submit(packed(7), Call.DEFAULT.withSignature("packed"));
      CompletableFuture<Answer> second = service.submit(row(4), Call.DEFAULT);
      assertThat(click(first)).isCloseTo(expected(3), ROUNDED);
      assertThat(click(second)).isCloseTo(expected(4), ROUNDED);
      assertThat(click(other)).isBetween(0f, 1f);
      assertThat(runs.callsOfRuns).containsExactly(2, 1);
    }
  }

  @Test
  void tooManyRowsAreRefusedAtOnceAndOverdueOnesAreNotComputed() throws InterruptedException {
    try (RankingService service = open(ONE_THREAD.withQueueLimit(3))) {
      runs.hold();
      CompletableFuture<Answer> running = service.submit(row(0), Call.DEFAULT);
      runs.awaitHeld();
      CompletableFuture<Answer> waiting = service.submit(row(1), Call.DEFAULT);
      Call hasty = Call.DEFAULT.withTimeout(Duration.ofMillis(20));
      assertThatThrownBy(() -> service.predict(row(2), hasty))
          .isInstanceOf(RefusedException.DeadlineExceeded.class)
          .hasMessage("the call was not computed within 20 ms");
      CompletableFuture<Answer> overdue = service.submit(row(3), hasty);
      CompletableFuture<Answer> third = service.submit(row(4), Call.DEFAULT);
      assertThat(service.load()).isEqualTo(new RankingService.Load(4, 3, 0));
      Thread.sleep(40);
      CompletableFuture<Answer> instead = service.submit(row(5), Call.DEFAULT);
      assertThat(overdue).as("made room").isCompletedExceptionally();
      assertThatThrownBy(() -> service.predict(row(6)))
          .isInstanceOf(RefusedException.Overloaded.class)
          .hasMessage("overloaded: 3 rows wait, the limit is 3");
      runs.release();
      assertThat(click(running)).isCloseTo(expected(0), ROUNDED);
      assertThat(click(waiting)).isCloseTo(expected(1), ROUNDED);
      assertThat(click(third)).isCloseTo(expected(4), ROUNDED);
      assertThat(click(instead)).isCloseTo(expected(5), ROUNDED);
      assertThat(runs.callsOfRuns).as("what waited, together").containsExactly(1, 3);
      assertThat(runs.refusals)
          .containsExactly("deadline_exceeded", "deadline_exceeded", "overloaded");
      assertThat(service.load()).isEqualTo(new RankingService.Load(0, 0, 0));
    }
  }

  @Test
  void callsInFlightHaveALimitAndCloseWaitsForThem() throws InterruptedException {
    RankingService service =
        RankingService.open(
            temp,
            ServiceOptions.defaults().withPollInterval(Duration.ZERO).withMaxInFlight(1),
            runs);
    runs.hold();
    CompletableFuture<Answer> running =
        CompletableFuture.supplyAsync(() -> service.predict(row(0), Call.DEFAULT));
    runs.awaitHeld();
    assertThatThrownBy(() -> service.predict(row(1)))
        .isInstanceOf(RefusedException.Overloaded.class)
        .hasMessage("overloaded: 1 calls are in flight, which is the limit");
    CompletableFuture<Void> closing = CompletableFuture.runAsync(service::close);
    Thread.sleep(50);
    assertThat(closing).isNotDone();
    runs.release();
    assertThat(click(running)).isCloseTo(expected(0), ROUNDED);
    closing.join();
    assertThatThrownBy(() -> service.submit(row(1), Call.DEFAULT).join())
        .hasCauseInstanceOf(RefusedException.Closed.class);
  }
}
