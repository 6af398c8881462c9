package io.scenerank.serve;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.scenerank.serve.Trust.RefusedOp;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tensorflow.proto.CollectionDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;

/**
 * Finds the ops of one graph that reach beyond it.
 *
 * <p>Most are refused wherever they stand, in the graph or in any function of its library. Two
 * kinds belong to every model and are refused where they stand wrongly:
 *
 * <ul>
 *   <li>The saver's: the op that restores may read the checkpoint that the loader names and nothing
 *       else; the ops that save are not run; neither may be reached from a signature or from the op
 *       that initialises.
 *   <li>Those that fill tables from a file: only while the model is initialised, and only from a
 *       file that is listed among the assets.
 * </ul>
 */
final class GraphCheck {
  private static final ImmutableSet<String> RESTORE =
      ImmutableSet.of("RestoreV2", "Restore", "RestoreSlice");
  private static final ImmutableSet<String> SAVE =
      ImmutableSet.of("SaveV2", "Save", "SaveSlices", "MergeV2Checkpoints");
  private static final ImmutableSet<String> FILL =
      ImmutableSet.of("InitializeTableFromTextFile", "InitializeTableFromTextFileV2");
  private static final int FILE_OF_RESTORE = 0;
  private static final int FILE_OF_FILL = 1;

  private static final String INIT_SIGNATURE = "__saved_model_init_op";
  private static final ImmutableSet<String> INIT_COLLECTIONS =
      ImmutableSet.of("saved_model_main_op", "legacy_init_op", "saved_model_init_op");

  private final MetaGraphDef model;
  private final GraphBodies bodies;
  private final TensorOrigin checkpoint;
  private final TensorOrigin assets;
  private final GraphBodies.Reach called;
  private final GraphBodies.Reach initialised;
  private final GraphBodies.Reach restored;

  /**
   * @param model a graph of a SavedModel
   */
  GraphCheck(MetaGraphDef model) {
    this.model = model;
    this.bodies = new GraphBodies(model.getGraphDef());
    this.checkpoint =
        new TensorOrigin(bodies, ImmutableSet.of(model.getSaverDef().getFilenameTensorName()));
    this.assets = new TensorOrigin(bodies, ModelAssets.of(model).tensors());
    this.called = bodies.reach(signatures());
    this.initialised = bodies.reach(initialisers());
    this.restored = bodies.reach(List.of(model.getSaverDef().getRestoreOpName()));
  }

  private List<String> signatures() {
    List<String> roots = new ArrayList<>();
    model
        .getSignatureDefMap()
        .forEach(
            (name, signature) -> {
              if (!name.equals(INIT_SIGNATURE)) {
                roots.addAll(tensors(signature));
              }
            });
    return roots;
  }

  private static List<String> tensors(SignatureDef signature) {
    List<String> names = new ArrayList<>();
    for (TensorInfo info : signature.getInputsMap().values()) {
      addNames(info, names);
    }
    for (TensorInfo info : signature.getOutputsMap().values()) {
      addNames(info, names);
    }
    return names;
  }

  private static void addNames(TensorInfo info, List<String> names) {
    names.add(info.getName());
    names.add(info.getCooSparse().getValuesTensorName());
    names.add(info.getCooSparse().getIndicesTensorName());
    names.add(info.getCooSparse().getDenseShapeTensorName());
    info.getCompositeTensor().getComponentsList().forEach(part -> addNames(part, names));
  }

  private List<String> initialisers() {
    List<String> roots = new ArrayList<>();
    SignatureDef signature = model.getSignatureDefMap().get(INIT_SIGNATURE);
    if (signature != null) {
      roots.addAll(tensors(signature));
    }
    for (String name : INIT_COLLECTIONS) {
      CollectionDef collection = model.getCollectionDefMap().get(name);
      if (collection != null) {
        roots.addAll(collection.getNodeList().getValueList());
      }
    }
    return roots;
  }

  /** The ops that are refused. */
  ImmutableList<RefusedOp> refused() {
    ImmutableList.Builder<RefusedOp> refused = ImmutableList.builder();
    for (GraphBodies.Site site : bodies.sites()) {
      effect(site)
          .ifPresent(
              effect -> refused.add(new RefusedOp(site.node().getOp(), effect, site.describe())));
    }
    return refused.build();
  }

  private Optional<String> effect(GraphBodies.Site site) {
    String op = site.node().getOp();
    if (RESTORE.contains(op)) {
      return isRestoredFromElsewhere(site)
          ? Optional.of("reads files besides the checkpoint")
          : Optional.empty();
    }
    if (SAVE.contains(op)) {
      return runs(site) || restored.has(site) || isInterchangeable(site)
          ? Optional.of("writes files when the model is loaded or called")
          : Optional.empty();
    }
    if (FILL.contains(op)) {
      return isFilledFromElsewhere(site)
          ? Optional.of("reads files besides the assets")
          : Optional.empty();
    }
    return OpEffects.of(site.node());
  }

  private boolean runs(GraphBodies.Site site) {
    return called.has(site) || initialised.has(site);
  }

  private boolean isInterchangeable(GraphBodies.Site site) {
    return bodies.isInterchangeable(site.function());
  }

  private boolean isRestoredFromElsewhere(GraphBodies.Site site) {
    return runs(site)
        || isInterchangeable(site)
        || (restored.has(site) && !checkpoint.isInput(site, FILE_OF_RESTORE));
  }

  private boolean isFilledFromElsewhere(GraphBodies.Site site) {
    return called.has(site)
        || restored.has(site)
        || isInterchangeable(site)
        || (initialised.has(site) && !assets.isInput(site, FILE_OF_FILL));
  }
}
