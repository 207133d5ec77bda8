/// The works that stages cite, in full.
enum Bibliography {
    /// One work.
    struct Work: Sendable {
        /// The short form by which sentences cite it; nil for what is cited for its stages alone.
        var mark: String?
        /// Stages that follow it without a word in their sentence.
        var stages: [String] = []
        /// Authors, title, place, year.
        let reference: String
    }

    /// The works that sentences cite, and those that stages follow, each once, in the order of the sentences.
    static func works(citedIn sentences: [String], stages: [String]) -> [Work] {
        var found: [Work] = []
        for work in sentences.flatMap({ text in all.filter { $0.mark.map(text.contains) ?? false } }) + all.filter({ !$0.stages.filter(stages.contains).isEmpty })
        where !found.contains(where: { $0.reference == work.reference }) { found.append(work) }
        return found
    }

    static let all: [Work] = [
        Work(mark: "Avants et al., Med Image Anal 2008", reference: "Avants BB, Epstein CL, Grossman M, Gee JC. Symmetric diffeomorphic image registration with cross-correlation. Med Image Anal 2008;12:26-41."),
        Work(mark: "Beucher and Meyer 1993", reference: "Beucher S, Meyer F. The morphological approach to segmentation: the watershed transformation. In: Dougherty ER (ed.) Mathematical Morphology in Image Processing. Marcel Dekker, 1993:433-481."),
        Work(mark: "Bezdek 1981", reference: "Bezdek JC. Pattern Recognition with Fuzzy Objective Function Algorithms. Plenum Press, 1981."),
        Work(mark: "Breiman 2001", reference: "Breiman L. Random forests. Mach Learn 2001;45:5-32."),
        Work(mark: "Dempster, Laird and Rubin 1977", reference: "Dempster AP, Laird NM, Rubin DB. Maximum likelihood from incomplete data via the EM algorithm. J R Stat Soc B 1977;39:1-38."),
        Work(mark: "Immerkær, Comput Vis Image Underst 1996", reference: "Immerkær J. Fast noise variance estimation. Comput Vis Image Underst 1996;64:300-302."),
        Work(mark: "Isensee et al., Nat Methods 2021", reference: "Isensee F, Jaeger PF, Kohl SAA, Petersen J, Maier-Hein KH. nnU-Net: a self-configuring method for deep learning-based biomedical image segmentation. Nat Methods 2021;18:203-211."),
        Work(mark: "Kubassova et al., Acad Radiol 2007", reference: "Kubassova OA, Boyle RD, Radjenovic A. Quantitative analysis of dynamic contrast-enhanced MRI datasets of the metacarpophalangeal joints. Acad Radiol 2007;14:1189-1200."),
        Work(mark: "Mattes et al., IEEE Trans Med Imaging 2003", reference: "Mattes D, Haynor DR, Vesselle H, Lewellen TK, Eubank W. PET-CT image registration in the chest using free-form deformations. IEEE Trans Med Imaging 2003;22:120-128."),
        Work(mark: "Otsu, IEEE Trans Syst Man Cybern 1979", reference: "Otsu N. A threshold selection method from gray-level histograms. IEEE Trans Syst Man Cybern 1979;9:62-66."),
        Work(mark: "Roche et al., MICCAI 1998", reference: "Roche A, Malandain G, Pennec X, Ayache N. The correlation ratio as a new similarity measure for multimodal image registration. In: MICCAI 1998. Lect Notes Comput Sci 1496:1115-1124."),
        Work(mark: "Thévenaz and Unser, IEEE Trans Image Process 2000", reference: "Thévenaz P, Unser M. Optimization of mutual information for multiresolution image registration. IEEE Trans Image Process 2000;9:2083-2099."),
        Work(mark: "Tripoliti et al., Artif Intell Med 2007", reference: "Tripoliti EE, Fotiadis DI, Argyropoulou M. Automated segmentation and quantification of inflammatory tissue of the hand in rheumatoid arthritis patients using magnetic resonance imaging data. Artif Intell Med 2007;40:65-85."),
        Work(mark: "Tustison et al., IEEE Trans Med Imaging 2010", reference: "Tustison NJ, Avants BB, Cook PA, Zheng Y, Egan A, Yushkevich PA, Gee JC. N4ITK: improved N3 bias correction. IEEE Trans Med Imaging 2010;29:1310-1320."),
        Work(
            mark: "(omeract-2003)",
            reference: "Østergaard M, Peterfy C, Conaghan P, et al. OMERACT Rheumatoid Arthritis Magnetic Resonance Imaging Studies. Core set of MRI acquisitions, joint pathology definitions, and the OMERACT RA-MRI scoring system. J Rheumatol 2003;30:1385-1386."),
        Work(
            mark: "(omeract-2016)",
            reference: "Østergaard M, Peterfy CG, Bird P, et al. The OMERACT Rheumatoid Arthritis Magnetic Resonance Imaging (MRI) Scoring System: updated recommendations by the OMERACT MRI in Arthritis Working Group. J Rheumatol 2017;44:1706-1712."),
        Work(
            mark: "(haavardsholm-2007)",
            reference: "Haavardsholm EA, Østergaard M, Ejbjerg BJ, Kvan NP, Kvien TK. Introduction of a novel magnetic resonance imaging tenosynovitis score for rheumatoid arthritis. Ann Rheum Dis 2007;66:1216-1220."),
        Work(
            stages: [FitPharmacokinetics.name],
            reference: "Tofts PS, Brix G, Buckley DL, et al. Estimating kinetic parameters from dynamic contrast-enhanced T1-weighted MRI of a diffusable tracer: standardized quantities and symbols. J Magn Reson Imaging 1999;10:223-232."),
    ]
}
