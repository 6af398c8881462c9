package io.scenerank.train;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import io.scenerank.PublicApi;
import io.scenerank.config.ConfigMapper;
import io.scenerank.config.SpellingHint.UnknownName;
import io.scenerank.train.KerasLoss.TaskLosses;
import io.scenerank.train.LearningRateSchedule.Schedule;
import io.scenerank.train.Loss.LossForm;
import io.scenerank.train.optimizer.KerasOptimizer;
import io.scenerank.train.optimizer.OptimizerFactory;
import io.scenerank.train.optimizer.OptimizerFactory.OptimizerType;
import java.io.IOException;
import java.util.Arrays;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The losses, learning-rate schedules and optimizers that configurations name: those of the library
 * and your own. Immutable.
 */
@PublicApi
public final class TrainingMethods {
  private final ImmutableMap<String, Loss> losses;
  private final ImmutableMap<String, LearningRateSchedule> schedules;
  private final ImmutableMap<String, OptimizerFactory> optimizers;

  private TrainingMethods(
      ImmutableMap<String, Loss> losses,
      ImmutableMap<String, LearningRateSchedule> schedules,
      ImmutableMap<String, OptimizerFactory> optimizers) {
    this.losses = losses;
    this.schedules = schedules;
    this.optimizers = optimizers;
  }

  /** The library's own. */
  public static TrainingMethods standard() {
    return new TrainingMethods(
        Maps.uniqueIndex(Arrays.<Loss>asList(LossForm.values()), Loss::key),
        Maps.uniqueIndex(
            Arrays.<LearningRateSchedule>asList(Schedule.values()), LearningRateSchedule::key),
        Maps.uniqueIndex(
            Arrays.<OptimizerFactory>asList(OptimizerType.values()), OptimizerFactory::key));
  }

  /**
   * These and one more loss.
   *
   * @throws IllegalArgumentException if there is another one of its name
   */
  public TrainingMethods withLoss(Loss loss) {
    return new TrainingMethods(with(losses, loss.key(), loss), schedules, optimizers);
  }

  /**
   * These and one more learning-rate schedule.
   *
   * @throws IllegalArgumentException if there is another one of its name
   */
  public TrainingMethods withSchedule(LearningRateSchedule schedule) {
    return new TrainingMethods(losses, with(schedules, schedule.key(), schedule), optimizers);
  }

  /**
   * These and one more optimizer.
   *
   * @throws IllegalArgumentException if there is another one of its name
   */
  public TrainingMethods withOptimizer(OptimizerFactory optimizer) {
    return new TrainingMethods(losses, schedules, with(optimizers, optimizer.key(), optimizer));
  }

  private static <T> ImmutableMap<String, T> with(
      ImmutableMap<String, T> all, String key, T added) {
    return ImmutableMap.<String, T>builder().putAll(all).put(key, added).buildOrThrow();
  }

  /** A mapper that reads the names of these methods in a {@link TrainingConfig}. */
  public ConfigMapper mapper() {
    return new ConfigMapper().withAttribute(TrainingMethods.class, this);
  }

  /** Reads a name; without methods of a mapper's own, one of the library's. */
  private abstract static class Reader<T> extends JsonDeserializer<T> {
    private final Class<T> type;
    private final Function<TrainingMethods, ImmutableMap<String, T>> known;

    Reader(Class<T> type, Function<TrainingMethods, ImmutableMap<String, T>> known) {
      this.type = type;
      this.known = known;
    }

    @Override
    public T deserialize(JsonParser parser, DeserializationContext context) throws IOException {
      TrainingMethods methods =
          context.getAttribute(TrainingMethods.class) instanceof TrainingMethods given
              ? given
              : standard();
      ImmutableMap<String, T> names = known.apply(methods);
      String text = parser.currentToken().isScalarValue() ? parser.getText() : "";
      T found = text.startsWith("{") ? ofKeras(text) : names.get(text);
      if (found == null) {
        throw new UnknownName(parser, type, names.keySet());
      }
      return found;
    }

    /** What Keras' JSON says; null where such a method has none. */
    @Nullable T ofKeras(String json) {
      return null;
    }
  }

  static final class LossReader extends Reader<Loss> {
    private static final String WHERE = "training.loss";

    LossReader() {
      super(Loss.class, methods -> methods.losses);
    }

    @Override
    Loss ofKeras(String json) {
      return TaskLosses.parse(json, WHERE);
    }

    @Override
    public Loss deserialize(JsonParser parser, DeserializationContext context) throws IOException {
      return parser.currentToken() == JsonToken.START_OBJECT
          ? TaskLosses.of((JsonNode) parser.readValueAsTree(), WHERE)
          : super.deserialize(parser, context);
    }
  }

  static final class ScheduleReader extends Reader<LearningRateSchedule> {
    ScheduleReader() {
      super(LearningRateSchedule.class, methods -> methods.schedules);
    }
  }

  static final class OptimizerReader extends Reader<OptimizerFactory> {
    OptimizerReader() {
      super(OptimizerFactory.class, methods -> methods.optimizers);
    }

    @Override
    OptimizerFactory ofKeras(String json) {
      String where = "training.optimizer";
      return KerasOptimizer.parse(new ConfigMapper().parsePython(json, where), where);
    }
  }
}
