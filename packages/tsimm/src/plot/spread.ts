/**
 * Moves positions apart until neighbours keep a distance, each as little as its neighbours allow.
 *
 * Overlapping positions form a block of equal distances around their mean; blocks that come to overlap join.
 *
 * @param positions - Wanted positions, in any order.
 * @param gap - Least distance of two neighbours, >= 0, in the unit of the positions.
 * @returns The new positions, in the order of the old ones.
 * @example
 * spread([10, 10, 50], 4); // => [8, 12, 50]
 */
export function spread(positions: readonly number[], gap: number): number[] {
  const order = positions.map((_, i) => i).sort((a, b) => at(positions, a) - at(positions, b) || a - b);
  const blocks: { members: number[]; center: number }[] = [];
  for (const index of order) {
    let block = { members: [index], center: at(positions, index) };
    for (let above = blocks.at(-1); above !== undefined; above = blocks.at(-1)) {
      const reach = ((above.members.length + block.members.length) / 2) * gap;
      if (block.center - above.center >= reach) break;
      const members = [...above.members, ...block.members];
      block = { members, center: mean(members.map((member) => at(positions, member))) };
      blocks.pop();
    }
    blocks.push(block);
  }
  const moved: number[] = [];
  for (const { members, center } of blocks) {
    members.forEach((member, i) => {
      moved[member] = center + (i - (members.length - 1) / 2) * gap;
    });
  }
  return moved;
}

function at(values: readonly number[], index: number): number {
  return values[index] ?? 0;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
