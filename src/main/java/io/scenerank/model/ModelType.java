package io.scenerank.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.scenerank.PublicApi;
import io.scenerank.feature.DefaultGroups;
import io.scenerank.feature.FeatureColumn;
import io.scenerank.feature.Targets;
import io.scenerank.layer.LayerTypes;
import io.scenerank.layer.ModelBuilder;
import io.scenerank.layer.base.Functional;
import io.scenerank.layer.base.LayerGraph.TensorRef;
import io.scenerank.model.Observations.Gate;
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
  private final Plan<P> plan;
  private final Traits<P> traits;

  /** What a kind of model may have beyond its parameters and its layers. */
  private record Traits<P extends ModelParams>(
      Pace pace,
      DefaultGroups groups,
      Optional<Work<P>> work,
      Translation original,
      Gates<P> gates,
      LayerTypes layers) {}

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

  /** Puts a model together: which layers, called on what. */
  @FunctionalInterface
  public interface Wiring<P> {
    /**
     * Applies the layers.
     *
     * @param model makes them
     * @param columns the inputs and their embeddings
     * @return what each task ends in, [B, 1], in the order of the tasks; a score where the last
     *     layer ends with a sigmoid
     */
    ImmutableMap<String, TensorRef> outputs(ModelBuilder model, ModelColumns columns, P params);
  }

  /** Makes the graph of layers of a model. */
  @FunctionalInterface
  interface Plan<P extends ModelParams> {
    Functional make(
        P params, ImmutableList<FeatureColumn> columns, Targets targets, LayerTypes layers);
  }

  /** Makes gates of what a model's layers showed. */
  @FunctionalInterface
  public interface Gates<P> {
    /**
     * Makes the gates; the scores do not depend on their ops.
     *
     * @param observed what the layers showed
     * @param columns for the names and widths of the model's columns
     */
    ImmutableList<Gate> read(Observations observed, ModelColumns columns, P params);
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
      Plan<P> plan,
      Traits<P> traits) {
    this.name = name;
    this.paramsType = paramsType;
    this.defaults = defaults;
    this.plan = plan;
    this.traits = traits;
  }

  /**
   * A kind of model that trains at the usual pace.
   *
   * @param name the name on the command line and in configurations
   * @param paramsType the record of its parameters
   * @param defaults the default parameters for these tasks
   * @param wiring puts the model together
   */
  public static <P extends ModelParams> ModelType<P> of(
      String name,
      Class<P> paramsType,
      Function<ImmutableList<String>, P> defaults,
      Wiring<P> wiring) {
    return planned(
        name,
        paramsType,
        defaults,
        (params, columns, targets, layers) -> {
          ModelBuilder model = new ModelBuilder(layers, name);
          return model.build(
              wiring.outputs(model, new ModelColumns(model, columns, targets), params));
        });
  }

  static <P extends ModelParams> ModelType<P> planned(
      String name, Class<P> paramsType, Function<ImmutableList<String>, P> defaults, Plan<P> plan) {
    return new ModelType<>(
        name,
        paramsType,
        defaults,
        plan,
        new Traits<>(
            Pace.USUAL,
            DefaultGroups.NONE,
            Optional.empty(),
            (given, columns) -> given,
            (observed, columns, params) -> ImmutableList.of(),
            LayerTypes.standard()));
  }

  private ModelType<P> with(Traits<P> changed) {
    return new ModelType<>(name, paramsType, defaults, plan, changed);
  }

  /** The same with the default number of epochs, batch size and learning rate. */
  public ModelType<P> withPace(Pace pace) {
    return with(
        new Traits<>(
            pace, traits.groups, traits.work, traits.original, traits.gates, traits.layers));
  }

  /**
   * The same with the groups that {@code prepare} gives to columns whose description names none, so
   * that this model reads them.
   */
  public ModelType<P> withGroups(DefaultGroups groups) {
    return with(
        new Traits<>(
            traits.pace, groups, traits.work, traits.original, traits.gates, traits.layers));
  }

  /** The same model by another name. */
  public ModelType<P> named(String newName) {
    return new ModelType<>(newName, paramsType, defaults, plan, traits);
  }

  /** The same, which may have these layers too. */
  public ModelType<P> withLayers(LayerTypes layers) {
    return with(
        new Traits<>(
            traits.pace, traits.groups, traits.work, traits.original, traits.gates, layers));
  }

  /** The same with gates that people can look at. */
  public ModelType<P> withGates(Gates<P> gates) {
    return with(
        new Traits<>(
            traits.pace, traits.groups, traits.work, traits.original, gates, traits.layers));
  }

  ModelType<P> withWork(Work<P> work) {
    return with(
        new Traits<>(
            traits.pace,
            traits.groups,
            Optional.of(work),
            traits.original,
            traits.gates,
            traits.layers));
  }

  ModelType<P> withOriginal(Translation original) {
    return with(
        new Traits<>(
            traits.pace, traits.groups, traits.work, original, traits.gates, traits.layers));
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

  /** The layers that a model may have. */
  LayerTypes layers() {
    return traits.layers;
  }

  /** The layers of a model and their calls. */
  Functional functional(P params, ImmutableList<FeatureColumn> columns, Targets targets) {
    return plan.make(params, columns, targets, traits.layers);
  }

  ImmutableList<Gate> gates(Observations observed, P params, ImmutableList<FeatureColumn> columns) {
    ModelBuilder scratch = new ModelBuilder(traits.layers, name);
    return traits.gates.read(observed, new ModelColumns(scratch, columns, Targets.NONE), params);
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
