package io.scenerank.layer;

import io.scenerank.variable.LayerScope;

/** A part of a model with variables of its own, or with other layers inside. */
abstract class Layer {
  private final LayerScope scope;

  protected Layer(LayerScope scope) {
    this.scope = scope;
  }

  /** Path of the layer in its model, for example {@code dnn/epnet/gate_nu}. */
  public final String path() {
    return scope.path();
  }

  /** The layer's scope. */
  protected final LayerScope scope() {
    return scope;
  }
}
