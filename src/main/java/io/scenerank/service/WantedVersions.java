package io.scenerank.service;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSortedMap;
import io.scenerank.config.InvalidInputException;
import io.scenerank.service.ServiceOptions.Label;
import io.scenerank.service.ServiceOptions.Versions;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which versions of a folder should be loaded. It remembers what the files of folders looked like:
 * a folder of another program is complete when its files did not change between two looks, and a
 * version that was refused is not requested until its files change.
 */
final class WantedVersions {
  private final BaseFolder base;
  private final Versions versions;
  private final Map<Long, FolderStamp> refused = new HashMap<>();
  private Map<Long, FolderStamp> before = new HashMap<>();

  WantedVersions(BaseFolder base, Versions versions) {
    this.base = base;
    this.versions = versions;
  }

  /**
   * Looks at the folder.
   *
   * @param loaded versions, whose files do not matter any more
   */
  Look look(Set<Long> loaded) {
    ImmutableSortedMap<Long, Path> folders = base.versions();
    Set<Long> gone = new LinkedHashSet<>(refused.keySet());
    gone.removeAll(folders.keySet());
    gone.forEach(refused::remove);
    Look look = new Look(folders, ImmutableSet.copyOf(loaded), ImmutableSet.copyOf(gone), before);
    before = look.now;
    return look;
  }

  /** The folder at one time. Only folders that may be requested are read. */
  final class Look {
    private final ImmutableSortedMap<Long, Path> folders;
    private final ImmutableSet<Long> loaded;
    private final ImmutableSet<Long> forgotten;
    private final Map<Long, FolderStamp> before;
    private final Map<Long, FolderStamp> now = new HashMap<>();
    private boolean unfinished;

    private Look(
        ImmutableSortedMap<Long, Path> folders,
        ImmutableSet<Long> loaded,
        ImmutableSet<Long> forgotten,
        Map<Long, FolderStamp> before) {
      this.folders = folders;
      this.loaded = loaded;
      this.forgotten = forgotten;
      this.before = before;
    }

    /** Versions that were refused and are not there any more. */
    ImmutableSet<Long> forgotten() {
      return forgotten;
    }

    /** Whether a folder was left out because it may be incomplete. */
    boolean hasUnfinished() {
      return unfinished;
    }

    Path folder(long number) {
      Path folder = folders.get(number);
      if (folder == null) {
        throw new InvalidInputException(base.base() + ": version " + number + " is not there");
      }
      return folder;
    }

    /** The versions that are requested and usable, the newest first. */
    Set<Long> choose(ImmutableList<Label> labels) {
      Set<Long> chosen = new LinkedHashSet<>();
      folders.keySet().stream()
          .filter(this::isUsable)
          .limit(versions.newest())
          .forEach(chosen::add);
      Stream.concat(versions.pinned().stream(), labels.stream().map(Label::version))
          .filter(folders::containsKey)
          .filter(this::isUsable)
          .forEach(chosen::add);
      return chosen;
    }

    /** Asks for a version no more until its files change. */
    void refuse(long number) {
      FolderStamp stamp = now.get(number);
      if (stamp != null) {
        refused.put(number, stamp);
      }
    }

    private boolean isUsable(long number) {
      if (loaded.contains(number)) {
        return true;
      }
      FolderStamp stamp = stamp(number);
      if (stamp == null || !stamp.hasModel()) {
        return false;
      }
      if (!base.single() && !stamp.isOwnExport() && !stamp.equals(before.get(number))) {
        unfinished = true;
        return false;
      }
      return !stamp.equals(refused.get(number));
    }

    /** Null of a folder that cannot be read: it was deleted in this moment. */
    private @Nullable FolderStamp stamp(long number) {
      FolderStamp known = now.get(number);
      if (known != null) {
        return known;
      }
      try {
        FolderStamp stamp = FolderStamp.of(folder(number));
        now.put(number, stamp);
        return stamp;
      } catch (InvalidInputException e) {
        return null;
      }
    }
  }
}
