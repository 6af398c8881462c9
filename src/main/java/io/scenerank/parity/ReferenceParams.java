package io.scenerank.parity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.scenerank.config.ConfigMapper;
import io.scenerank.config.InvalidInputException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a model's case, as Python's code reads them: what is left out has the
 * reference's default, {@code None} for an activation is none at all, and {@code None} for anything
 * else is left out.
 */
final class ReferenceParams {
  /** The original's tasks where a model of several tasks names none, in its order. */
  private static final ImmutableList<String> TASKS =
      ImmutableList.of("is_click", "long_view", "is_like");

  private final ConfigMapper mapper = new ConfigMapper();
  private final CaseFile file;

  ReferenceParams(CaseFile file) {
    this.file = file;
  }

  /**
   * @param model name of the model
   * @param given {@code model_params} of the case, perhaps null
   */
  JsonNode of(String model, @Nullable JsonNode given) {
    ObjectNode params = mapper.newObject();
    if (given != null && !given.isNull()) {
      requireObject(given).properties().forEach(entry -> put(params, entry));
    }
    if (model.equals("m2m") && !params.has("attention_masking")) {
      params.put("attention_masking", file.masking().name().toLowerCase(Locale.ROOT));
    }
    if (!params.has("task_names")) {
      (model.equals("apg") ? ImmutableList.of("is_click") : defaultTasks())
          .forEach(params.withArray("task_names")::add);
    }
    return params;
  }

  private JsonNode requireObject(JsonNode given) {
    if (!given.isObject()) {
      throw new InvalidInputException(
          file.path() + ": config.model_params is " + given + ", expected keys and values");
    }
    return given;
  }

  private static void put(ObjectNode params, Map.Entry<String, JsonNode> entry) {
    String key = entry.getKey();
    JsonNode value = entry.getValue();
    if (key.endsWith("activation") || !value.isNull()) {
      params.set(key, value);
    }
  }

  private List<String> defaultTasks() {
    ImmutableSet<String> outputs = file.outputs().keySet();
    boolean originals = outputs.equals(ImmutableSet.copyOf(TASKS));
    return originals ? TASKS : outputs.size() == 1 ? outputs.asList() : ImmutableList.of();
  }
}
