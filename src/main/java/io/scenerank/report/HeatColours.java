package io.scenerank.report;

import io.scenerank.model.Observations.Gate;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Colours of a gate's values. Where there is a value that changes nothing, two colours lead away
 * from it; shares have one colour that gets stronger.
 */
final class HeatColours {
  /** Classes {@code d0} … {@code d8}; {@code d4} is the middle. */
  private static final int DIVERGING = 9;

  /** Classes {@code s0} … {@code s6}. */
  private static final int SEQUENTIAL = 7;

  private final GateMap map;
  private final double reach;

  /**
   * @param reach greatest distance from the middle; of shares, the greatest share
   */
  private HeatColours(GateMap map, double reach) {
    this.map = map;
    this.reach = reach;
  }

  static HeatColours of(GateMap map) {
    HeatColours distances = new HeatColours(map, 0);
    double most =
        IntStream.range(0, map.parts().size())
            .mapToDouble(part -> distances.greatest(part))
            .max()
            .orElse(0);
    // Small differences are not to look like large ones, or like any where there is none.
    double least =
        switch (map.kind()) {
          case FACTOR -> 0.25;
          case SHARE, WEIGHT -> 1e-6;
          case SIZE -> 0.1;
        };
    return new HeatColours(map, Math.max(most, least));
  }

  private double greatest(int part) {
    return map.means().get(part).stream()
        .mapToDouble(mean -> Math.abs(distance(part, mean)))
        .max()
        .orElse(0);
  }

  /** How far a value is from the one that changes nothing. */
  private double distance(int part, double mean) {
    return switch (map.kind()) {
      case FACTOR -> mean - 1;
      case SHARE, WEIGHT -> mean;
      case SIZE -> relative(mean, map.means().get(part));
    };
  }

  private static double relative(double mean, List<Double> ofPart) {
    double middle = ofPart.stream().mapToDouble(Double::doubleValue).average().orElse(0);
    return middle == 0 ? 0 : mean / middle - 1;
  }

  /** The class of a cell. */
  String of(int part, double mean) {
    double share = distance(part, mean) / reach; // in [-1, 1]
    return switch (map.kind()) {
      case SHARE -> "s" + Math.round(Math.max(0, share) * (SEQUENTIAL - 1));
      case FACTOR, WEIGHT, SIZE -> "d" + Math.round((share + 1) / 2 * (DIVERGING - 1));
    };
  }

  /** What a value and its colour mean. */
  String meaning() {
    return switch (map.kind()) {
      case FACTOR -> "Mean factor; 1 leaves the value as it is.";
      case SHARE -> "Mean share; the experts of a scenario sum to 1.";
      case WEIGHT -> "Mean weight, of any sign; 0 leaves the expert out.";
      case SIZE ->
          "Root mean square of the generated weights; the colour is the distance from the row's"
              + " mean.";
    };
  }

  /** The colours from one end to the other, with labels at both ends and in the middle. */
  Element legend() {
    boolean shares = map.kind() == Gate.Kind.SHARE;
    Element colours = Element.of("span", "ramp");
    for (int i = 0; i < (shares ? SEQUENTIAL : DIVERGING); i++) {
      colours = colours.add(Element.of("i", (shares ? "s" : "d") + i));
    }
    return Element.of("p", "scale")
        .add(Element.of("span").text(end(-1)))
        .add(colours)
        .add(Element.of("span").text(end(1)));
  }

  private String end(int sign) {
    return switch (map.kind()) {
      case FACTOR -> Numbers.plain(1 + sign * reach, 2);
      case SHARE -> sign < 0 ? "0" : Numbers.plain(reach, 2);
      case WEIGHT -> Numbers.plain(sign * reach, 2);
      case SIZE -> (sign < 0 ? "−" : "+") + Numbers.plain(100 * reach, 1) + "%";
    };
  }
}
