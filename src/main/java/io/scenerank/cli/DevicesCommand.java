package io.scenerank.cli;

import io.scenerank.config.ConfigMapper;
import io.scenerank.eval.TextTable;
import io.scenerank.train.Device;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
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
  private static final double GIBIBYTE = 1L << 30;

  @Spec private CommandSpec spec;
  @Mixin private OutputOptions output;

  @Override
  public Integer call() {
    List<Device.Seen> devices = Device.all();
    PrintWriter out = spec.commandLine().getOut();
    if (output.json) {
      out.println(new ConfigMapper().toJson(Map.of("devices", devices)));
    } else {
      TextTable table = TextTable.withHeader("device", "type", "memory");
      for (Device.Seen device : devices) {
        table = table.plus(device.name(), device.type(), memory(device));
      }
      out.println(table.render());
      if (devices.stream().noneMatch(device -> device.type().equals("GPU"))) {
        out.println("TensorFlow sees no GPU: --device auto runs on the CPU.");
      }
    }
    out.flush();
    return ScenerankCommand.GOOD;
  }

  /** TensorFlow reports a fixed number for the memory of the CPU, not the memory of the machine. */
  private static String memory(Device.Seen device) {
    return device.type().equals("CPU")
        ? "the machine's"
        : String.format(Locale.ROOT, "%.1f GiB", device.memoryBytes() / GIBIBYTE);
  }
}
