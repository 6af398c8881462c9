package io.scenerank.data.prepare;

import com.google.common.collect.ImmutableMap;
import io.scenerank.data.prepare.DatasetPreparation.ExtensionReport;
import io.scenerank.data.prepare.DatasetPreparation.TableGrowth;

/**
 * What became of the ids of a data set that extends another one.
 *
 * @param generation how many data sets were extended until this one
 * @param tables by table that has a vocabulary
 */
record IdGrowth(int generation, ImmutableMap<String, TableGrowth> tables) {

  /**
   * The report of it.
   *
   * @param unseen of all rows
   */
  ExtensionReport report(Unseen unseen) {
    return new ExtensionReport(generation, tables, unseen.rows());
  }
}
