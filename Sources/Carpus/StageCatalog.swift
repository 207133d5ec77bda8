import CarpusCore
public import CarpusPipeline

/// Every stage a protocol can use. A new stage is a new file in Stages/ and a line here.
public enum StageCatalog {
    /// The stages, in the order of the work.
    public static let stages: [AnyStage] = [
        AnyStage(CorrectBias.self),
        AnyStage(CorrectMotion.self),
        AnyStage(RegisterRigid.self),
        AnyStage(RegisterAffine.self),
        AnyStage(RegisterDeformable.self),
        AnyStage(RegisterParts.self),
        AnyStage(TransferLabels.self),
        AnyStage(Resample.self),
        AnyStage(SubtractContrast.self),
        AnyStage(MeasureNoise.self),
        AnyStage(CheckSuppression.self),
        AnyStage(SegmentThreshold.self),
        AnyStage(SegmentMarrow.self),
        AnyStage(SegmentFuzzy.self),
        AnyStage(SegmentMixture.self),
        AnyStage(SegmentForest.self),
        AnyStage(SegmentAtlas.self),
        AnyStage(SegmentUNet.self),
        AnyStage(CompareSegmentations.self),
        AnyStage(NameLesions.self),
        AnyStage(MeasureVolumes.self),
        AnyStage(GradeRAMRIS.self),
        AnyStage(SegmentBody.self),
        AnyStage(ClassifyPerfusion.self),
        AnyStage(SegmentArteries.self),
        AnyStage(FitT1.self),
        AnyStage(FitPharmacokinetics.self),
        AnyStage(MeasurePerfusion.self),
        AnyStage(CompareProgression.self),
        AnyStage(CompareMeasures.self),
        AnyStage(DrawMontage.self),
        AnyStage(DrawChange.self),
        AnyStage(DrawPerfusion.self),
        AnyStage(DrawCurves.self),
        AnyStage(DrawInput.self),
        AnyStage(DrawMotion.self),
        AnyStage(DrawViewer.self),
        AnyStage(DrawFlicker.self),
        AnyStage(ExportDICOM.self),
        AnyStage(ComposeReport.self),
    ]

    /// Kinds of artifact a series can be.
    public static let seriesKinds = [Volume<Float>.kind, TimeSeries.kind]

    /// A protocol, checked against the stages.
    public static func plan(_ analysis: AnalysisProtocol) throws -> Plan {
        try Plan(analysis, stages: stages, seriesKinds: seriesKinds)
    }
}
