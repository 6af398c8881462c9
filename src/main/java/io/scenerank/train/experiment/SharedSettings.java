package io.scenerank.train.experiment;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.scenerank.config.InvalidInputException;
import io.scenerank.model.ModelParams;
import io.scenerank.model.ModelType;
import java.util.List;

/**
 * Deals {@code key=value} settings out to several models: a key goes to every model that has it,
 * {@code MODEL.key} to that model only.
 */
final class SharedSettings {
  private final ImmutableMap<String, SettingKeys> keys;
  private final ImmutableSet<String> known;
  private final ImmutableList<Setting> settings;

  /**
   * @param types the models that are compared
   * @param known names of all models
   * @param tasks the labels of the data set
   * @throws InvalidInputException naming the key that none of its models has and the nearest, or
   *     the model that is not compared
   */
  SharedSettings(
      List<ModelType<?>> types,
      ImmutableSet<String> known,
      ImmutableList<String> tasks,
      List<String> settings) {
    this.keys =
        types.stream()
            .collect(ImmutableMap.toImmutableMap(ModelType::name, type -> keys(type, tasks)));
    this.known = known;
    this.settings = settings.stream().map(Setting::parse).collect(ImmutableList.toImmutableList());
    this.settings.forEach(this::check);
  }

  private static <P extends ModelParams> SettingKeys keys(
      ModelType<P> type, ImmutableList<String> tasks) {
    return SettingKeys.of(type.defaults(tasks), type.paramsType());
  }

  private void check(Setting setting) {
    SettingKeys own = keys.get(setting.head());
    if (own != null) {
      own.path(setting.rest().key());
    } else if (keys.values().stream().noneMatch(model -> model.has(setting.key()))) {
      if (known.contains(setting.head())) {
        throw new InvalidInputException(
            String.format(
                "setting (--set) '%s': model '%s' is not compared; compared: %s",
                setting.text(), setting.head(), String.join(", ", keys.keySet())));
      }
      throw keys.values().stream().reduce(SettingKeys::or).orElseThrow().unknown(setting.key());
    }
  }

  /** The settings of one model; its own ones come last, where they are stronger. */
  ImmutableList<String> of(String model) {
    ImmutableList.Builder<String> all = ImmutableList.builder();
    settings.stream()
        .filter(
            setting ->
                !keys.containsKey(setting.head())
                    && requireNonNull(keys.get(model), model).has(setting.key()))
        .forEach(setting -> all.add(setting.text()));
    settings.stream()
        .filter(setting -> setting.head().equals(model))
        .forEach(setting -> all.add(setting.rest().text()));
    return all.build();
  }
}
