/// Where a point lies among the bones; all distances in mm of a wrist of size 1.
struct BoneSample: Sendable {
    /// The nearest bone, 0 to 14 in the order of `WristAnatomy.bones`; -1 when none is within reach.
    var bone: Int8 = -1
    /// The nearest other bone; -1 when none is within reach.
    var neighbour: Int8 = -1
    /// Signed distance to the surface of the nearest bone, negative inside; `Bones.reach` when none is within reach.
    var distance: Float = Bones.reach
    /// Signed distance to the nearest other bone.
    var neighbourDistance: Float = Bones.reach
    /// Thickness of the nearest bone's cortex here, mm.
    var cortex: Float = 0.7
    /// Thickness of the cartilage on the nearest bone here, mm; 0 where it has none.
    var cartilage: Float = 0
    /// Long bones: how far the point lies from the articular end along the shaft, mm; carpals: 0. RAMRIS assesses up to 10 mm.
    var shaftDepth: Float = 0
}

/// Where a point lies in the joints.
struct JointSample: Sendable {
    /// 16 to 18 in the order of `WristAnatomy.joints` within a synovial compartment (its recesses included, distended as far as it
    /// can be), 0 outside.
    var region: UInt8 = 0
    /// Signed distance to the compartment's envelope, mm, negative inside; positive values say how far the nearest lies.
    var envelope: Float = 99
    /// What a healthy point is made of here (fluid, capsule, ligament, fibrocartilage), nil to leave it to what surrounds the joint.
    var tissue: Tissue?
}
