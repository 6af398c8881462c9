package io.scenerank.bench;

import com.google.common.collect.ImmutableList;
import io.scenerank.train.Device;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.VarHandleOp;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.TFloat32;

/**
 * How fast the machine multiplies float32 matrices with TensorFlow, as fast as training could be if
 * it did nothing else. Shapes are those of models that are timed here; the fastest one counts.
 */
final class Gemm implements AutoCloseable {
  /** Batch, columns of embeddings and gates; forward, and the gradients to weights and inputs. */
  private static final ImmutableList<Product> PRODUCTS =
      ImmutableList.of(
          new Product(1024, 672, 672, false, false),
          new Product(1024, 680, 672, false, false),
          new Product(1024, 696, 384, false, false),
          new Product(672, 1024, 672, true, false),
          new Product(1024, 672, 672, false, true));

  private final Graph graph = new Graph();
  private final Session session;
  private final ImmutableList<Op> products;

  /** [m, k] · [k, n], the operands perhaps stored the other way round. */
  private record Product(int m, int k, int n, boolean transposeLeft, boolean transposeRight) {
    Shape left() {
      return transposeLeft ? Shape.of(k, m) : Shape.of(m, k);
    }

    Shape right() {
      return transposeRight ? Shape.of(n, k) : Shape.of(k, n);
    }

    double flops() {
      return 2.0 * m * k * n;
    }
  }

  /**
   * @param threads threads of TensorFlow; 0 for one a core
   */
  public Gemm(Device device, int threads) {
    Ops tf = device.place(Ops.create(graph));
    List<Op> initializers = new ArrayList<>();
    ImmutableList.Builder<Op> ops = ImmutableList.builder();
    for (Product product : PRODUCTS) {
      // Variables, since a product of constants would be taken once, before anything runs.
      Operand<TFloat32> left = random(tf, product.left(), initializers);
      Operand<TFloat32> right = random(tf, product.right(), initializers);
      ops.add(
          tf.linalg.matMul(
              left,
              right,
              MatMul.transposeA(product.transposeLeft()),
              MatMul.transposeB(product.transposeRight())));
    }
    this.products = ops.build();
    this.session = new Session(graph, device.sessionConfig(threads));
    Session.Runner runner = session.runner();
    initializers.forEach(runner::addTarget);
    runner.run().close();
  }

  private static Operand<TFloat32> random(Ops tf, Shape shape, List<Op> initializers) {
    VarHandleOp variable =
        tf.varHandleOp(
            TFloat32.class, shape, VarHandleOp.sharedName("operand" + initializers.size()));
    initializers.add(
        tf.assignVariableOp(variable, tf.random.randomUniform(tf.constant(shape), TFloat32.class)));
    return tf.readVariableOp(variable, TFloat32.class);
  }

  /**
   * Multiplies until the time is over, each shape at least once.
   *
   * @return floating point operations a second, in billions, two for a multiply-add: of the fastest
   *     shape the middle one
   */
  public double gigaflops(double seconds) {
    List<DoubleSamples> rates = PRODUCTS.stream().map(product -> new DoubleSamples()).toList();
    long end = System.nanoTime() + (long) (seconds * 1e9);
    do {
      for (int i = 0; i < PRODUCTS.size(); i++) {
        long begin = System.nanoTime();
        session.runner().addTarget(products.get(i)).run().close();
        rates.get(i).add(PRODUCTS.get(i).flops() / (System.nanoTime() - begin));
      }
    } while (System.nanoTime() < end);
    return rates.stream().mapToDouble(DoubleSamples::median).max().orElseThrow();
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}
