package io.scenerank.server;

import com.google.common.collect.ImmutableSet;
import io.scenerank.config.InvalidInputException;
import io.scenerank.serve.raw.RawEncoder;
import io.scenerank.service.RankingService;
import io.scenerank.service.RankingService.ModelInfo;
import io.scenerank.service.RankingService.State;
import io.scenerank.service.RankingService.VersionStatus;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * The encoders of versions: that of the version's export, or the one of the run that the versions
 * are of.
 */
final class RawEncoders implements RankingService.Listener {
  private final Path base;
  private final boolean absentAsMissing;

  /** By version. */
  private final ConcurrentMap<Long, Optional<RawSides>> known = new ConcurrentHashMap<>();

  /**
   * @param base the run, or the folder of the versions
   * @param absentAsMissing whether a column that a row does not have is a missing value
   */
  RawEncoders(Path base, boolean absentAsMissing) {
    this.base = base;
    this.absentAsMissing = absentAsMissing;
  }

  /**
   * A version that is loaded again may have another encoding, and one that is gone needs none. The
   * others keep theirs: to read one takes longer than to answer.
   */
  @Override
  public void changed(VersionStatus status) {
    if (status.state() == State.LOADING || status.state() == State.END) {
      known.remove(status.version());
    }
  }

  /**
   * The encoder of a version; empty if neither it nor the run has one.
   *
   * @param features that the model reads
   */
  Optional<RawSides> of(ModelInfo version, ImmutableSet<String> features) {
    // Requests that come together wait for one reading.
    return known.computeIfAbsent(
        version.version(),
        number -> open(version.folder(), features).or(() -> open(base, features)));
  }

  private Optional<RawSides> open(Path folder, ImmutableSet<String> features) {
    try {
      RawEncoder encoder = RawEncoder.open(folder, features);
      return Optional.of(new RawSides(absentAsMissing ? encoder.withAbsentAsMissing() : encoder));
    } catch (InvalidInputException e) {
      // A model whose encoding is not there takes encoded rows.
      return Optional.empty();
    }
  }
}
