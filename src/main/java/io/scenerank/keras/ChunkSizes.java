package io.scenerank.keras;

import com.google.common.collect.ImmutableSet;
import io.jhdf.api.Dataset;
import io.jhdf.api.dataset.ChunkedDataset;
import io.scenerank.config.InvalidInputException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Sizes of compressed chunks, checked before jHDF unpacks them: jHDF unpacks until a chunk has no
 * more bytes, even if the file declares a smaller size.
 */
final class ChunkSizes {
  /** HDF5's numbers of filters: deflate, shuffle, Fletcher's checksum. */
  private static final int DEFLATE = 1;

  private static final ImmutableSet<Integer> READ = ImmutableSet.of(DEFLATE, 2, 3);
  private static final int CHECKSUM = 4;
  private static final int BUFFER = 1 << 16;

  private final Dataset dataset;
  private final String where;

  /**
   * @param where names file and array in messages
   */
  ChunkSizes(Dataset dataset, String where) {
    this.dataset = dataset;
    this.where = where;
  }

  /**
   * @throws InvalidInputException if a chunk unpacks to more than its size, or is packed in another
   *     way than Keras' and h5py's own
   */
  void require() {
    List<Integer> filters = dataset.getFilters().stream().map(filter -> filter.getId()).toList();
    if (!READ.containsAll(filters)) {
      throw new InvalidInputException(
          where + ": is compressed with another method than gzip; write it without compression");
    }
    if (filters.contains(DEFLATE) && dataset instanceof ChunkedDataset chunked) {
      requireChunks(chunked);
    }
  }

  private void requireChunks(ChunkedDataset chunked) {
    int[] sizes = chunked.getChunkDimensions();
    long bytes = chunked.getDataType().getSize();
    for (int size : sizes) {
      bytes = Math.multiplyExact(bytes, size);
    }
    int[] offset = new int[sizes.length];
    do {
      requireSize(chunked.getRawChunkBuffer(offset), bytes);
    } while (advance(offset, sizes, chunked.getDimensions()));
  }

  /** The next chunk's offset, the last axis first; false behind the last one. */
  private static boolean advance(int[] offset, int[] sizes, int[] dimensions) {
    for (int axis = offset.length - 1; axis >= 0; axis--) {
      offset[axis] += sizes[axis];
      if (offset[axis] < dimensions[axis] && sizes[axis] > 0) {
        return true;
      }
      offset[axis] = 0;
    }
    return false;
  }

  private void requireSize(ByteBuffer packed, long bytes) {
    Inflater inflater = new Inflater();
    try {
      inflater.setInput(packed);
      byte[] buffer = new byte[BUFFER];
      while (!inflater.finished()
          && inflater.inflate(buffer) > 0
          && inflater.getBytesWritten() <= bytes + CHECKSUM) {
        // Only the number of bytes counts.
      }
      if (inflater.getBytesWritten() > bytes + CHECKSUM) {
        throw new InvalidInputException(
            where + ": a chunk unpacks to more than its " + bytes + " bytes");
      }
    } catch (DataFormatException e) {
      throw new InvalidInputException(where + ": a chunk is damaged (" + e.getMessage() + ")", e);
    } finally {
      inflater.end();
    }
  }
}
