package io.scenerank.cli;

import io.scenerank.feature.ConfigMapper;
import io.scenerank.train.Devices;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Lists the devices that TensorFlow sees. */
@Command(
    name = "devices",
    mixinStandardHelpOptions = true,
    description = "List the devices that TensorFlow sees.")
final class DevicesCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private OutputOptions output;

  @Override
  public Integer call() {
    List<Devices.Entry> devices = new Devices().list();
    if (output.json) {
      spec.commandLine().getOut().println(new ConfigMapper().toJson(Map.of("devices", devices)));
      return ScenerankCommand.GOOD;
    }
    return ScenerankCommand.GOOD;
  }
}
