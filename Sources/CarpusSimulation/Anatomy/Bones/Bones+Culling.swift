extension Bones {
    /// The bones that can matter in a box of the hand's frame, in their present pose.
    func local(to box: Box) -> LocalBones {
        let centre = (box.low + box.high) * 0.5, half = (box.high - box.low) * 0.5
        let radius = (half * half).sum().squareRoot(), change = Solid.steepness * radius + 0.8
        let wide = box.grown(by: Self.reach), reachable = (0..<15).filter { present[$0].meets(wide) }
        guard !reachable.isEmpty else { return LocalBones() }

        // Distances at the box's middle, in the frame of each bone's own motion.
        let seen = reachable.map { Seen(bone: $0, at: backs[$0](centre), radius: radius, self) }
        let uppers = seen.map { $0.distance + change }.sorted()
        let limit = min(uppers.count > 1 ? uppers[1] : Self.reach, Self.reach)
        let members = seen.filter { $0.distance - change <= limit }
        guard !members.isEmpty else { return LocalBones() }

        var local = LocalBones()
        local.surfaces = surfaces
        var done = Set<RigidMotion>()
        for member in members where done.insert(motions[member.bone]).inserted {
            let motion = motions[member.bone], back = backs[member.bone]
            local.append(members.filter { motions[$0.bone] == motion }, back: back, at: back(centre), radius: radius, of: self)
        }
        return local
    }

    /// A bone as the middle of a box sees it.
    struct Seen {
        let bone: Int
        /// Trimmed distance at the middle.
        let distance: Float
        /// The bones that can trim or smooth it somewhere in the box.
        let trimmers: [Int]

        init(bone: Int, at p: SIMD3<Float>, radius: Float, _ bones: Bones) {
            self.bone = bone
            let own = bones.solids[bone].distance(p), near = Box(low: p - radius, high: p + radius).grown(by: 12)
            var distance = own, trimmers: [Int] = []
            for other in 0..<15 where other != bone && bones.boxes[other].meets(near) {
                let pair = bones.pairs[bone, other]
                let theirs = bones.solids[other].distance(p), change = 2 * Solid.steepness * radius
                let cut = pair.cut(own, theirs), trims = pair.rule != .first && cut - own > -(change + 0.8 + LocalBones.fillet)
                let smooths = abs(own) < 3.6 + change / 2 && own + theirs - pair.gap < 2.5 + change
                guard trims || smooths else { continue }
                trimmers.append(other)
                if pair.rule != .first { distance = Blend.max(distance, cut, width: LocalBones.fillet) }
            }
            (self.distance, self.trimmers) = (distance, trimmers)
        }
    }
}

extension LocalBones {
    /// Adds bones that moved alike, and the solids that trim them.
    mutating func append(_ seen: [Bones.Seen], back: RigidMotion, at centre: SIMD3<Float>, radius: Float, of bones: Bones) {
        let firstPiece = pieces.count, firstMember = members.count
        let needed = Set(seen.flatMap { [$0.bone] + $0.trimmers }).sorted()
        for bone in needed {
            let solid = bones.solids[bone], kept = solid.parts(near: centre, radius: radius)
            pieces.append(Piece(map: solid.map, parts: parts.count..<parts.count + kept.count, bone: bone))
            parts += kept
        }
        for bone in seen {
            let start = trims.count
            for other in bone.trimmers {
                trims.append(Trim(piece: needed.firstIndex(of: other) ?? 0, pair: bones.pairs[bone.bone, other]))
            }
            members.append(Member(piece: needed.firstIndex(of: bone.bone) ?? 0, trims: start..<trims.count))
        }
        groups.append(Group(back: back, pieces: firstPiece..<pieces.count, members: firstMember..<members.count))
    }
}
