package io.scenerank.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import io.scenerank.PublicApi;
import io.scenerank.feature.DefaultGroups;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.variable.LayerScope;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A kind of model, as the registry lists it: all that the rest of the library needs to know of it.
 * Immutable.
 */
@PublicApi
public final class ModelType<P extends ModelParams> {
  private final String name;
  private final Class<P> paramsType;
  private final Function<ImmutableList<String>, P> defaults;
  private final Factory<P> factory;
  private final Traits<P> traits;

  /** What a kind of model may have beyond its parameters and its layers. */
  private record Traits<P>(
      Pace pace, DefaultGroups groups, Optional<Work<P>> work, Translation original) {}

  /**
   * What suits a model under lazy Adam with a falling rate.
   *
   * @param epochs passes over the training rows
   * @param batchSize rows a step
   * @param learningRate rate of the first step
   */
  public record Pace(int epochs, int batchSize, float learningRate) {
    /** 3 epochs of batches of 128 rows, from the rate 0.008 on. */
    public static final Pace USUAL = new Pace(3, 128, 0.008f);

    Pace learningRate(float newRate) {
      return new Pace(epochs, batchSize, newRate);
    }
  }

  /** Creates a model's layers and variables below {@code scope}. */
  @FunctionalInterface
  public interface Factory<P> {
    RankingModel create(P params, LayerScope scope, FeatureInputs inputs);
  }

  /** Counts the multiply-adds of a training step that a model's formulas need. */
  @FunctionalInterface
  interface Work<P> {
    MultiplyAdds of(P params, InputWidths widths);
  }

  /** Makes parameters as this library has them of those of the reference implementation. */
  @FunctionalInterface
  interface Translation {
    JsonNode translate(JsonNode given, List<FeatureColumn> columns);
  }

  private ModelType(
      String name,
      Class<P> paramsType,
      Function<ImmutableList<String>, P> defaults,
      Factory<P> factory,
      Traits<P> traits) {
    this.name = name;
    this.paramsType = paramsType;
    this.defaults = defaults;
    this.factory = factory;
    this.traits = traits;
  }

  /**
   * A kind of model that trains at the usual pace.
   *
   * @param name the name on the command line and in configurations
   * @param paramsType the record of its parameters
   * @param defaults the default parameters for these tasks
   * @param factory creates the model's variables
   */
  public static <P extends ModelParams> ModelType<P> of(
      String name,
      Class<P> paramsType,
      Function<ImmutableList<String>, P> defaults,
      Factory<P> factory) {
    return new ModelType<>(
        name,
        paramsType,
        defaults,
        factory,
        new Traits<>(Pace.USUAL, DefaultGroups.NONE, Optional.empty(), (given, columns) -> given));
  }

  private ModelType<P> with(Traits<P> changed) {
    return new ModelType<>(name, paramsType, defaults, factory, changed);
  }

  /** The same with the default number of epochs, batch size and learning rate. */
  public ModelType<P> withPace(Pace pace) {
    return with(new Traits<>(pace, traits.groups, traits.work, traits.original));
  }

  /**
   * The same with the groups that {@code prepare} gives to columns whose description names none, so
   * that this model reads them.
   */
  public ModelType<P> withGroups(DefaultGroups groups) {
    return with(new Traits<>(traits.pace, groups, traits.work, traits.original));
  }

  ModelType<P> withWork(Work<P> work) {
    return with(new Traits<>(traits.pace, traits.groups, Optional.of(work), traits.original));
  }

  ModelType<P> withOriginal(Translation original) {
    return with(new Traits<>(traits.pace, traits.groups, traits.work, original));
  }

  /** The name on the command line and in configurations. */
  public String name() {
    return name;
  }

  /** The record of its parameters. */
  public Class<P> paramsType() {
    return paramsType;
  }

  /** The default parameters for these tasks. */
  public P defaults(ImmutableList<String> tasks) {
    return defaults.apply(tasks);
  }

  /** Creates the layers and variables of a model. */
  public Factory<P> factory() {
    return factory;
  }

  /** The default number of epochs, batch size and learning rate. */
  public Pace pace() {
    return traits.pace;
  }

  DefaultGroups groups() {
    return traits.groups;
  }

  /** The multiply-adds for one row of a training step; empty if nobody has counted them. */
  Optional<MultiplyAdds> work(P params, List<FeatureColumn> columns) {
    return traits.work.map(
        counted -> counted.of(params, new InputWidths(ImmutableList.copyOf(columns))));
  }

  /** Parameters as this library has them of what a configuration of either kind gives. */
  JsonNode translate(JsonNode given, List<FeatureColumn> columns) {
    return traits.original.translate(given, columns);
  }
}
